import { render } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { FigureRow } from "../functions/shared/figure-book.ts";
import type { FigureCode } from "../functions/shared/figures.ts";
import { formatDay } from "../functions/shared/number-format.ts";
import { areaHref, formatAddress, parseAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { AreaPage } from "./area-page.tsx";
import { readPointer, readTable } from "./data.ts";
import type { LoadError, Pointer } from "./data.ts";
import { loadWords, pageWords } from "./page-words.ts";
import { PageContextProvider } from "./page-context.ts";
import { later } from "./parts/later.tsx";
import { LazyRuns } from "./parts/lazy-runs.tsx";
import { PrintMargins } from "./parts/print-margins.tsx";
import { Failure, Loading, rememberedArea } from "./parts/states.tsx";
import "./style.css";

const Definition = later(async () => (await import("./parts/definition.tsx")).Definition, "");

/** A newer publication is looked for this often, and when the page is seen again. */
const pointerMilliseconds = 300_000;

function App({ first }: { readonly first: Pointer | null }) {
  const [address, setAddress] = useState(() => parseAddress(location.hash));
  const [pointer, setPointer] = useState<Pointer | null>(first);
  const [newer, setNewer] = useState<Pointer | null>(null);
  const [failed, setFailed] = useState<LoadError | null>(null);
  const [defined, setDefined] = useState<{ figure: FigureCode; row?: FigureRow } | null>(null);
  const { language } = address;

  const load = useCallback((isFirst: boolean) => {
    setFailed(null);
    readPointer(isFirst).then(setPointer, (error: LoadError) => setFailed(error));
  }, []);
  useEffect(() => { if (!first) load(true); }, []);
  useEffect(() => {
    const follow = () => {
      const next = parseAddress(location.hash);
      void loadWords(next.language).finally(() => {
        setAddress(next);
        setDefined(null);
      });
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  useEffect(() => { scrollTo(0, 0); }, [address.page, address.area]);
  useEffect(() => watchPointer(pointer, setNewer), [pointer]);

  const context = useMemo(() => pointer && {
    t: pageWords(language), language, address, pointer,
    change: (change: Partial<Address>) => {
      location.hash = formatAddress({ ...parseAddress(location.hash), ...change });
    },
    define: (figure: FigureCode, row?: FigureRow) =>
      setDefined(row ? { figure, row } : { figure }),
  }, [pointer, language, address]);

  if (address.page === "unknown") {
    return <Failure kind="unknown" area={address.area} language={language} retry={goHome} />;
  }
  if (failed) {
    return (
      <Failure
        kind={failed.kind} area={address.area} language={language} retry={() => load(false)}
      />
    );
  }
  if (!context || !pointer) return <Loading language={language} />;
  return (
    <PageContextProvider value={context}>
      {newer && (
        <p class="newer" role="status">
          {context.t("newerText", { day: formatDay(newer.as_of, language) })}{" "}
          <button
            type="button" class="chip strong"
            onClick={() => { setPointer(newer); setNewer(null); }}
          >
            {context.t("newerLoad")}
          </button>
        </p>
      )}
      {address.page === "runs" ? <LazyRuns /> : <AreaPage area={address.area} />}
      {defined && (
        <Definition figure={defined.figure} row={defined.row} close={() => setDefined(null)} />
      )}
      <PrintMargins />
    </PageContextProvider>
  );
}

/** Offers a newer publication, never jumps to it. */
function watchPointer(
  pointer: Pointer | null, offer: (newer: Pointer) => void,
): (() => void) | undefined {
  if (!pointer) return undefined;
  const look = () => {
    if (document.visibilityState !== "visible") return;
    readPointer(false).then(
      (found) => { if (found.run_id !== pointer.run_id) offer(found); },
      (error: LoadError) => console.warn(error.message),
    );
  };
  const timer = setInterval(look, pointerMilliseconds);
  document.addEventListener("visibilitychange", look);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
  };
}

function goHome(): void {
  location.hash = areaHref(rememberedArea(), parseAddress(location.hash).language);
}

const root = document.getElementById("app");
if (!root) throw new Error("page: missing: element #app");
if (location.hash === "" && rememberedArea() !== "51") goHome();
void start(root);

/** Draws at once, or, where the published first view stands already, when its tables are there. */
async function start(place: HTMLElement): Promise<void> {
  const address = parseAddress(location.hash);
  let first: Pointer | null = null;
  try {
    await Promise.all([loadWords(address.language), window.dudaoEarly?.ready]);
    if (place.firstChild) {
      const pointer = await readPointer(true);
      await Promise.all([
        readTable(address.area, pointer.run_id, "overview"),
        readTable(address.area, pointer.run_id, "series"),
      ]);
      first = pointer;
    }
  } catch (error) {
    // The page asks again and says what is wrong.
    console.warn((error as Error).message);
  }
  place.replaceChildren();
  render(<App first={first} />, place);
}
