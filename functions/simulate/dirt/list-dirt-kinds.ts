import { areaDirt } from "./area-dirt.ts";
import { fileDirt } from "./file-dirt.ts";
import { insertedDirt } from "./inserted-dirt.ts";
import { personDirt } from "./person-dirt.ts";
import { valueDirt } from "./value-dirt.ts";

export interface DirtKind {
  readonly name: string;
  readonly meaning: string;
  /** A cell or row, a row put between others, a whole file, or news that are true. */
  readonly level: "cell" | "inserted" | "file" | "story";
}

const story: readonly (readonly [string, string])[] = [
  ["record_corrected", "the same record with another credit"],
  ["record_withdrawn", "a credit revoked, a statement voided"],
  ["record_gone", "a record that a full export no longer has"],
  ["training_in_two_systems", "a summary of what another system holds; the crosswalk knows"],
  ["teacher_unknown", "a person whom no roll knows"],
  ["teacher_moved_county", "an exchange between two counties"],
  ["teacher_retired", "retired"],
  ["teacher_left", "left or transferred out"],
  ["teacher_returned", "back in post after having been transferred out"],
  ["school_merged", "a school merged into another"],
  ["file_a_week_late", "a delta file that lands with a later night"],
];

/** All kinds of dirt that the simulated province contains, from systems.md. */
export function listDirtKinds(): readonly DirtKind[] {
  const kinds = (
    list: readonly { name: string; meaning: string }[], level: DirtKind["level"]
  ): DirtKind[] =>
    list.map(({ name, meaning }) => ({ name, meaning, level }));
  return [
    ...kinds([...personDirt, ...valueDirt, ...areaDirt], "cell"), ...kinds(insertedDirt, "inserted"),
    ...kinds(fileDirt, "file"),
    ...story.map(([name, meaning]): DirtKind => ({ name, meaning, level: "story" })),
    {
      name: "cut_by_a_third", meaning: "a full export of which a third is missing: held",
      level: "file",
    },
  ];
}
