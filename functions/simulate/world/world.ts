import type { DayNumber } from "../calendar.ts";
import { buildCounties, type County } from "./counties.ts";
import { planCounties, type CountyPlan } from "./county-plans.ts";
import { buildLearning, type LearningRecord, type TrainingSystem } from "./learning.ts";
import { buildRoll, type Roll, type Teacher } from "./roll.ts";

/** Everything that is so in the simulated province, whoever knows of it. */
export interface World {
  readonly seed: number;
  readonly scale: number;
  readonly until: DayNumber;
  readonly counties: readonly County[];
  readonly plans: ReadonlyMap<string, CountyPlan>;
  readonly roll: Roll;
  readonly learning: ReadonlyMap<TrainingSystem, readonly LearningRecord[]>;
  /** First and last day of learning of those who learned. */
  readonly spans: ReadonlyMap<Teacher, { readonly from: DayNumber; readonly to: DayNumber }>;
}

export function buildWorld(scale: number, seed: number, until: DayNumber): World {
  const counties = buildCounties(scale);
  const plans = planCounties(counties, seed);
  const roll = buildRoll(counties, plans, seed);
  const learning = buildLearning(counties, plans, roll, seed, until);
  const spans = new Map<Teacher, { from: DayNumber; to: DayNumber }>();
  for (const records of learning.values()) {
    for (const { teacher, endsOn } of records) {
      if (teacher === null) continue;
      const span = spans.get(teacher);
      if (!span) spans.set(teacher, { from: endsOn, to: endsOn });
      else {
        span.from = Math.min(span.from, endsOn);
        span.to = Math.max(span.to, endsOn);
      }
    }
  }
  return { seed, scale, until, counties, plans, roll, learning, spans };
}
