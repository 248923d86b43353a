import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";
import { readJson } from "./read-json.ts";

export type DecisionKind = "release" | "hold" | "reingest";

/** A person's decision about landed files; never changed, takes effect on the first night after. */
export interface Decision {
  /** Newest night closed when it was made (0000-00-00: none) and a number: order of decisions. */
  readonly id: string;
  readonly kind: DecisionKind;
  /** That newest night; '' where no night was closed yet. */
  readonly after: string;
  /** Who decided, as told; null where nobody said. */
  readonly by: string | null;
  /** Why, as told. */
  readonly note: string | null;
  /** ISO instant of the command. */
  readonly decided_at: string;
  /** The named file first, then those that share a scope of its snapshot with it. */
  readonly files: readonly DecidedFile[];
}
export interface DecidedFile {
  readonly system: string;
  readonly landing_day: string;
  readonly file_name: string;
  readonly sha256: string;
}

/** All decisions of a home in order; none where nobody ever decided. */
export async function readDecisions(store: ObjectStore): Promise<readonly Decision[]> {
  const listed = await store.list(homeKeys.decisionPrefix);
  const read = await Promise.all(listed.map(({ key }) => readJson<Decision>(store, key)));
  return read.filter((d) => d !== undefined);
}

/** One file of one landing folder with its bytes: what a decision and a ledger row speak of. */
export function fileKeyOf(file: DecidedFile): string {
  return `${file.system}/${file.landing_day}/${file.file_name}/${file.sha256}`;
}
