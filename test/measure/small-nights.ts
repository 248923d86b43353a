import type { TestNight } from "./write-night.ts";

type Row = Readonly<Record<string, string>>;

/** Two schools, one of them a village school, of one county. */
const schools: readonly Row[] = [
  { school_code: "5101040001", county_code: "510104" },
  { school_code: "5101040002", county_code: "510104", school_type: "village_school" },
];
const teachers: readonly Row[] = [
  { teacher_no: "T00001", person_token: "token1", school_code: "5101040001" },
  { teacher_no: "T00002", person_token: "token2", school_code: "5101040001" },
  { teacher_no: "T00003", school_code: "5101040002" },
];
const course = (teacher: string, rest: Row): Row => ({
  system: "vendor-a", teacher_no: teacher, source_training_id: "C1", category: "online",
  credit_seconds: "54000", event_on: "2021-05-01", ...rest,
});

/** A home of three nights: the roll, first trainings, a late one with a person nobody knows. */
export const smallNights: readonly TestNight[] = [
  {
    day: "2021-05-01",
    rows: { school: schools, teacher: teachers },
    files: [{ rows_read: 3, rows_accepted: 3 }],
  },
  {
    day: "2021-06-01",
    rows: {
      training_record: [
        course("T00001", {}),
        course("T00001", { system: "practice", category: "practice", credit_seconds: "81000",
          source_training_id: "P1", event_on: "2021-05-20", practice_kind: "evidence" }),
      ],
    },
    files: [
      { system: "vendor-a", export: "courses", rows_read: 2, rows_accepted: 1, rows_rejected: 1 },
      { system: "practice", export: "tasks", rows_read: 1, rows_accepted: 1 },
    ],
  },
  {
    day: "2021-06-10",
    rows: {
      training_record: [
        course("T00002", { credit_seconds: "27000", event_on: "2021-05-02" }),
        course("", { person_token: "token9", event_on: "2021-05-03", row_number: "7" }),
      ],
    },
    files: [{ system: "vendor-a", export: "courses", rows_read: 2, rows_accepted: 2 }],
  },
];
