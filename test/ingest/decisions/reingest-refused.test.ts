import iconv from "iconv-lite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readContractFiles } from "../../../functions/ingest/contracts/load-contracts.ts";
import { homeKeys } from "../../../functions/shared/home.ts";
import { readLedger } from "../../../functions/shared/read-ledger.ts";
import { people, roster, rosterRow, survey, surveyRow } from "../night/small-province.ts";
import { TrialHistory } from "../night/trial-history.ts";

let trial: TrialHistory;
beforeEach(() => { trial = new TrialHistory(); });
afterEach(() => trial.remove());

/** One's own workers each night: they see the contracts that the home has by then. */
const night = (day: string) => trial.home.night(day, { workers: 1 });
const ledger = async (day: string) => (await readLedger(trial.home.store, { date: day }))
  .map((r) => `${r.file_name} ${r.status} ${r.rows_accepted} ${r.reason?.split(" ")[0] ?? ""}`);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** The home learns another title of a column, as a steward would write it. */
async function rename(system: string, name: string, from: string, to: string): Promise<void> {
  const shipped = readContractFiles().find((f) => f.name === `${system}/${name}.json`)?.text ?? "";
  await trial.home.store.put(homeKeys.contract(system, name),
    shipped.replaceAll(`"${from}"`, `"${to}"`));
}
const renamed = (bytes: Uint8Array, from: string, to: string): Buffer =>
  Buffer.from(Buffer.from(bytes).toString("latin1").replace(
    Buffer.from(from).toString("latin1"), Buffer.from(to).toString("latin1")), "latin1");

test("a refused file of a delta export counts from the night on that reads it again", async () => {
  const rows = [surveyRow("E1", 10), surveyRow("E2", 20)];
  await trial.home.land("2021-03-01", "survey/a.csv", renamed(survey(rows), "评价编号", "编号"));
  await night("2021-03-01");
  expect(await ledger("2021-03-01")).toEqual(["a.csv refused null header_missing:"]);
  const before = await trial.nights("2021-03-01");
  await rename("survey", "evaluations", "评价编号", "编号");
  await trial.decide("reingest", "a.csv");
  await night("2021-03-02");
  expect(await ledger("2021-03-02")).toEqual(["a.csv accepted 2 reingested:"]);
  expect(await trial.nights("2021-03-01")).toEqual(before);
  const inForce = await trial.inForce("evaluations");
  expect([inForce("2021-03-01").size, inForce("2021-03-02").size]).toEqual([0, 2]);
  // The same bytes sent again only repeat it from now on.
  await trial.home.land("2021-03-03", "survey/b.csv", renamed(survey(rows), "评价编号", "编号"));
  await night("2021-03-03");
  expect(await ledger("2021-03-03")).toEqual(["b.csv repeated null "]);
});

const land = (day: string, name: string, n: number) =>
  trial.home.land(day, `registry/${name}`, roster(people.slice(0, n).map((p) => rosterRow(p))));
const teachers = async (day: string) =>
  [...(await trial.inForce("teachers"))(day).keys()].map(Number).sort((a, b) => a - b);

test("a refused snapshot that is read again takes nothing from a later one", async () => {
  await trial.home.land("2021-03-01", "registry/教师名册1.csv", "头,尾\n1,2\n");
  await night("2021-03-01");
  await land("2021-03-02", "教师名册2.csv", 10);
  await night("2021-03-02");
  expect(await ledger("2021-03-01")).toEqual(["教师名册1.csv refused null header_missing:"]);
  await trial.decide("reingest", "教师名册1.csv");
  await night("2021-03-03");
  expect(await ledger("2021-03-03")).toEqual(["教师名册1.csv refused null header_missing:"]);
  expect(await teachers("2021-03-03")).toEqual(upTo(10));
});

test("a refused snapshot read again under a corrected contract is the older one", async () => {
  const sent = Buffer.from(roster(people.slice(0, 9).map((p) => rosterRow(p))));
  const text = iconv.decode(sent, "gb18030");
  await trial.home.land("2021-03-01", "registry/教师名册1.csv",
    iconv.encode(text.replace("教师编号", "教师代码"), "gb18030"));
  await night("2021-03-01");
  expect(await ledger("2021-03-01")).toEqual(["教师名册1.csv refused null header_missing:"]);
  await land("2021-03-02", "教师名册2.csv", 10);
  await night("2021-03-02");
  await rename("registry", "teachers", "教师编号", "教师代码");
  await trial.decide("reingest", "教师名册1.csv");
  await night("2021-03-03");
  expect(await ledger("2021-03-03")).toEqual(["教师名册1.csv accepted 9 reingested:"]);
  expect(await teachers("2021-03-03")).toEqual(upTo(10));
});
