import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadContracts } from "../../../functions/ingest/contracts/load-contracts.ts";
import { countQuarantine, QuarantineWriter } from "../../../functions/ingest/quarantine.ts";
import { readSlipWorkbook } from "../../../functions/ingest/slip-workbook.ts";
import { writeSlip } from "../../../functions/ingest/write-slip.ts";

const contract = loadContracts().find((c) => c.system === "survey");

/** Slip of a file all of whose rows are rejected; the most memory on the way, bytes. */
async function writeLarge(folder: string, rows: number) {
  if (!contract) throw new Error("no contract of survey");
  const headers = contract.fields.map((field) => field.header);
  const quarantine = new QuarantineWriter(join(folder, "rows.ndjson"));
  for (let i = 0; i < rows; i++) {
    quarantine.add({
      kind: "rejected", reasons: ["invalid.score"], columnIndex: 4, header: "得分", scope: "",
      identity: undefined, cell: "得分",
      raw: { row: i + 2, cells: [`E${i}`, "专家", "510104", "2021-03-01", "101", "10"] },
    }, i + 2, "");
  }
  const path = quarantine.close() ?? "";
  let peak = process.memoryUsage().rss;
  const timer = setInterval(() => { peak = Math.max(peak, process.memoryUsage().rss); }, 5);
  const files = await writeSlip({
    quarantine: path, folder, file: 1, fileName: "a.csv", system: "survey", sha256: "",
    landingDay: "2021-03-01", knownOn: "2021-03-01", contract, rowsASheet: 15_000,
    verdict: {
      format: "csv", rowsRead: rows, rowsAccepted: 0, rowsRejected: rows, rowsDuplicate: 0,
      rowsSkipped: 0, reasons: { "invalid.score": rows }, columnRemarks: [],
      headers: [{ sheet: "", columns: headers }],
    },
  });
  clearInterval(timer);
  return { files: { ...files, quarantine: path }, peak };
}

test("a slip of many rows goes on in further sheets and costs no more memory", async () => {
  const folder = mkdtempSync(join(tmpdir(), "large-slip-"));
  try {
    const small = await writeLarge(folder, 10_000);
    const large = await writeLarge(folder, 80_000);
    const { slipXlsx, slipCsv, slipJson, quarantine } = large.files;
    expect(await Promise.all([slipJson, quarantine].map(countQuarantine))).toEqual([80_000, 80_000]);
    expect(await countQuarantine(slipCsv)).toBe(80_001);
    expect(readSlipWorkbook(slipXlsx).slice(1).map((sheet) => sheet.table.split("$").at(-1)))
      .toEqual(["15001", "15001", "15001", "15001", "15001", "5001"]);
    expect(readFileSync(slipJson, "utf8").split("\n")[1])
      .toBe('{"sheet":"","row":3,"cell":"得分","reasons":["invalid.score"]}');
    expect(large.peak - small.peak).toBeLessThan(150 * 1024 ** 2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
