import { answer } from "./answer.ts";
import type { Question } from "./answer.ts";

/** A line of `dudao lookalikes --json`: two trainings that may be one, keys in this order. */
export interface Lookalike {
  readonly system: string;
  readonly source_training_id: string;
  readonly other_system: string;
  readonly other_training_id: string;
  readonly category: string;
  readonly teachers: number;
  readonly pairs: number;
  /** Seconds that count twice if the two are one training. */
  readonly seconds: number;
  readonly first_on: string;
  readonly last_on: string;
}

/**
 * Trainings of two systems by which the same teachers got the same credit in the same category on
 * the same day, though the crosswalk does not say that they are one; most teachers first.
 */
export async function listLookalikes(question: Question): Promise<readonly Lookalike[]> {
  return answer(question, async (open) => {
    const rows = (await open.rows(["int_lookalike"])).get("int_lookalike") ?? [];
    return rows.map((row) => ({
      system: String(row.system),
      source_training_id: String(row.source_training_id),
      other_system: String(row.other_system),
      other_training_id: String(row.other_training_id),
      category: String(row.category),
      teachers: Number(row.n_teachers),
      pairs: Number(row.n_pairs),
      seconds: Number(row.credit_seconds),
      first_on: String(row.first_on),
      last_on: String(row.last_on),
      // Stored rows come in the order of the grain; a stable sort keeps it among equals.
    })).sort((a, b) => b.teachers - a.teachers || b.pairs - a.pairs);
  });
}
