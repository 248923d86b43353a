import { afterEach, beforeEach, expect, it } from "vitest";
import { readLedger } from "../../../functions/shared/read-ledger.ts";
import { buildProvinceNight } from "./small-province.ts";
import { TrialHome } from "./trial-home.ts";

let home: TrialHome;
beforeEach(() => { home = new TrialHome(); });
afterEach(() => home.remove());

it("takes a night of all nine systems and balances every file", async () => {
  for (const file of await buildProvinceNight()) await home.land("2021-03-01", file.name, file.body);
  await home.ledger("2021-03-01");
  console.log((await readLedger(home.store)).map((r) => `${r.system}/${r.file_name} ${r.status} ${r.reason} ${r.seconds}`).join("\n"));
});
