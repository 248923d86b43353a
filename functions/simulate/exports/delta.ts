import type { DayNumber } from "../calendar.ts";
import type { LearningRecord } from "../world/learning.ts";

/** One piece of news of a delta export. */
export interface News {
  readonly on: DayNumber;
  readonly record: LearningRecord;
  readonly what: "new" | "corrected" | "withdrawn";
}

/** All news of a system in the order in which it learns of them. */
export function planNews(records: readonly LearningRecord[]): readonly News[] {
  const news: News[] = [];
  for (const record of records) {
    news.push({ on: record.reportsOn, record, what: "new" });
    const { correctedOn, withdrawnOn } = record;
    if (correctedOn !== null) news.push({ on: correctedOn, record, what: "corrected" });
    if (withdrawnOn !== null) news.push({ on: withdrawnOn, record, what: "withdrawn" });
  }
  return news.sort((a, b) => a.on - b.on || a.record.serial - b.record.serial);
}

/** Hands out each piece of news once, up to the given day. */
export class NewsQueue {
  private readonly news: readonly News[];
  private at = 0;

  constructor(records: readonly LearningRecord[]) {
    this.news = planNews(records);
  }

  takeUntil(cut: DayNumber): readonly News[] {
    const from = this.at;
    while (this.at < this.news.length && this.news[this.at]!.on <= cut) this.at++;
    return this.news.slice(from, this.at);
  }
}
