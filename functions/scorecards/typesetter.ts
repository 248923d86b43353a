import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EngineError } from "../shared/errors.ts";
import { packageRoot } from "../shared/package-root.ts";

/** Turns card data into PDF bytes; the same data gives the same bytes. */
export interface Typesetter {
  readonly name: "typst native" | "typst wasm";
  /** Throws EngineError with the typesetter's own words on any error or warning. */
  typeset(data: unknown, createdOn: string): Promise<Uint8Array>;
}

const require = createRequire(import.meta.url);

/** The two static weights that every card uses; variable fonts do not work in this Typst. */
export function readCardFonts(): readonly Buffer[] {
  const folder = dirname(require.resolve("@expo-google-fonts/noto-sans-sc/package.json"));
  return ["400Regular", "700Bold"].map((weight) =>
    readFileSync(join(folder, weight, `NotoSansSC_${weight}.ttf`)));
}

const templatePath = join(packageRoot, "functions", "scorecards", "county-card.typ");

/**
 * Typst from npm: the native build where the platform has one (PDF/A-2a), else the wasm twin: the
 * same page, a plain tagged PDF, since its binding takes no PDF options. `prefer` is for tests.
 */
export async function createTypesetter(prefer: "native" | "wasm" = "native"): Promise<Typesetter> {
  if (prefer === "native") {
    const native = findNative();
    if (native) return native;
  }
  return createWasm();
}

/** What is used of the native binding; its own package of types cannot be installed everywhere. */
interface NativeBinding {
  readonly NodeCompiler: { create(options: object): NativeCompiler };
}
interface NativeCompiler {
  compile(options: object): {
    readonly result: object | null; hasError(): boolean;
    takeWarnings(): object | null; takeError(): object | null;
  };
  fetchDiagnostics(problem: object): unknown;
  pdf(document: object, options: object): Uint8Array;
  evictCache(age: number): void;
}

/** 0.7.0 has native builds for these alone; the umbrella package names others that do not exist. */
const nativePackages = [
  "@myriaddreamin/typst-ts-node-compiler-linux-x64-gnu",
  "@myriaddreamin/typst-ts-node-compiler-linux-x64-musl",
];

/** What was of no use in two rounds goes: one round a card takes a tenth of the time of a card. */
const cardsPerEviction = 4;
const evictedAge = 2;

function findNative(): Typesetter | undefined {
  const binding = nativePackages.map(loadNative).find((b) => b !== undefined);
  if (!binding) return undefined;
  const compiler = binding.NodeCompiler.create({
    workspace: packageRoot, fontArgs: [{ fontBlobs: [...readCardFonts()] }],
  });
  let typeset = 0;
  return {
    name: "typst native",
    async typeset(data, createdOn) {
      const compiled = compiler.compile({
        mainFilePath: templatePath, inputs: { data: JSON.stringify(data) },
      });
      const problem = compiled.takeWarnings() ?? (compiled.hasError() ? compiled.takeError() : null);
      if (problem || !compiled.result) {
        throw new EngineError(`typst: ${problem ? JSON.stringify(compiler.fetchDiagnostics(problem)) : "no result"}`);
      }
      const bytes = compiler.pdf(compiled.result, {
        pdfStandard: "a-2a", creationTimestamp: timestampOf(createdOn),
      });
      typeset += 1;
      if (typeset % cardsPerEviction === 0) compiler.evictCache(evictedAge);
      return bytes;
    },
  };
}

function loadNative(name: string): NativeBinding | undefined {
  try {
    return require(name) as NativeBinding;
  } catch (cause) {
    // Not installed on this platform, or built for the other libc: the next one, or the wasm twin.
    const code = (cause as { readonly code?: string }).code;
    if (code === "MODULE_NOT_FOUND" || code === "ERR_DLOPEN_FAILED") return undefined;
    throw cause;
  }
}

async function createWasm(): Promise<Typesetter> {
  const { createTypstCompiler } = await import("@myriaddreamin/typst.ts/compiler");
  const { loadFonts } = await import("@myriaddreamin/typst.ts/options.init");
  const compiler = createTypstCompiler();
  const wasm = require.resolve("@myriaddreamin/typst-ts-web-compiler/pkg/typst_ts_web_compiler_bg.wasm");
  await compiler.init({
    getModule: () => ({ module_or_path: readFileSync(wasm) }),
    beforeBuild: [loadFonts(readCardFonts().map((f) => new Uint8Array(f)), { assets: false })],
  });
  compiler.addSource("/county-card.typ", readFileSync(templatePath, "utf8"));
  return {
    name: "typst wasm",
    async typeset(data) {
      const result = await compiler.compile({
        mainFilePath: "/county-card.typ", inputs: { data: JSON.stringify(data) },
        format: 1, diagnostics: "full",
      } as never) as { result?: Uint8Array; diagnostics?: readonly unknown[] };
      if (!result.result || (result.diagnostics?.length ?? 0) > 0) {
        throw new EngineError(`typst: ${JSON.stringify(result.diagnostics ?? "no result")}`);
      }
      return result.result;
    },
  };
}

/** Seconds since the epoch of 06:00 Asia/Shanghai on that day. */
function timestampOf(day: string): number {
  return Date.parse(`${day}T06:00:00+08:00`) / 1000;
}
