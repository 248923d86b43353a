import type { Area } from "../areas.ts";
import type { FigureBook } from "../figure-book.ts";
import type { FigureCode } from "../figures.ts";
import { stateNames } from "../figures.ts";
import { translatorOf } from "../messages/catalogue.ts";
import type { Language } from "../messages/catalogue.ts";
import { classTexts } from "../messages/county-classes.ts";
import { formatCount, formatRatio, formatShare } from "../number-format.ts";
import { palette } from "./svg.ts";
import type { CountyTile, TileMap } from "./tile-map.ts";

export type MapMode = "started" | "progress" | "completed" | "qualified" | "reporting";

/** Figure behind each switch of the map; a switch is shown only where the figure exists. */
export const mapFigures: Readonly<Record<MapMode, FigureCode>> = {
  started: "R1", progress: "H3", completed: "H2", qualified: "A4", reporting: "H3",
};

export const mapModes = Object.keys(mapFigures) as readonly MapMode[];

export interface LegendEntry {
  readonly label: string;
  readonly count: number;
  readonly fill: string;
  readonly frame: string | null;
  readonly isHatched: boolean;
}

interface Paint {
  readonly fill: string;
  readonly ink: string;
  readonly frame: string | null;
}

const startPaints: Readonly<Record<"started" | "declared_only" | "activity_only" | "none", Paint>> = {
  started: { fill: palette.done, ink: palette.paper, frame: null },
  declared_only: { fill: palette.doneSoft, ink: palette.ink, frame: null },
  activity_only: { fill: palette.paper, ink: palette.ink, frame: "#6d9fe0" },
  none: { fill: palette.idle, ink: "#465364", frame: null },
};

/** One hue from light to dark; each step readable with its ink. */
const shareSteps: readonly (Paint & { readonly from: number })[] = [
  { from: 0, fill: "#e9f1fc", ink: palette.ink, frame: null },
  { from: 0.2, fill: "#c3daf5", ink: palette.ink, frame: null },
  { from: 0.4, fill: "#8db8ea", ink: palette.ink, frame: null },
  { from: 0.6, fill: "#3a74c4", ink: palette.paper, frame: null },
  { from: 0.8, fill: "#174a96", ink: palette.paper, frame: null },
];

const absent: Paint = { fill: palette.hatchPaper, ink: palette.ink, frame: null };

/** Tiles, legend (counts add up to the counties given) and words of the map in one mode. */
export function buildCountyMap(
  book: FigureBook, counties: readonly Area[], mode: MapMode, language: Language,
): TileMap & { readonly legend: readonly LegendEntry[]; readonly unreported: number } {
  const t = translatorOf(classTexts, language);
  const classes = classesOf(mode, language);
  const counts = new Map<string, number>();
  const citySums = new Map<string, { n: number; d: number }>();
  const tiles = counties.map((county): CountyTile => {
    const key = classOf(book, county.code, mode);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const { paint } = classes.find((c) => c.key === key) ?? { paint: absent };
    const city = county.parent ?? "";
    const sum = citySums.get(city) ?? { n: 0, d: 0 };
    const isCounted = mode === "started" ? key === "started" : key === "reported";
    citySums.set(city, { n: sum.n + (isCounted ? 1 : 0), d: sum.d + 1 });
    return {
      code: county.code, ...paint, isHatched: !isReported(book, county.code),
      label: labelOf(book, county, mode, language),
    };
  });
  const isCounting = mode === "started" || mode === "reporting";
  const legend = classes.map(({ key, label, paint }) => ({
    label, count: counts.get(key) ?? 0, fill: paint.fill, frame: paint.frame,
    isHatched: key === "not_reported",
  }));
  return {
    title: t(`title_${mode}`),
    description: legend.map((entry) =>
      t("classDesc", { label: entry.label, count: entry.count })).join(""),
    tiles, legend,
    unreported: tiles.filter((tile) => tile.isHatched).length,
    citySums: new Map([...citySums].map(([city, { n, d }]) => [
      city,
      isCounting ? `${n} / ${d}` : formatShare(book.find(city, mapFigures[mode])?.share),
    ])),
  };
}

/** A county is reported unless its figures of hours say `not_reported`. */
export function isReported(book: FigureBook, county: string): boolean {
  return book.find(county, "H3")?.state_code !== "not_reported";
}

function classOf(book: FigureBook, county: string, mode: MapMode): string {
  if (mode === "started") return book.find(county, "R1")?.state_code ?? "none";
  if (!isReported(book, county)) return "not_reported";
  if (mode === "reporting") return "reported";
  const share = book.find(county, mapFigures[mode])?.share;
  if (share == null) return "nothing";
  return `from_${shareSteps.findLast((step) => share >= step.from)?.from ?? 0}`;
}

function classesOf(mode: MapMode, language: Language) {
  const t = translatorOf(classTexts, language);
  if (mode === "started") {
    return (Object.keys(startPaints) as (keyof typeof startPaints)[]).map((key) => ({
      key: key as string, label: stateNames[key][language], paint: startPaints[key],
    }));
  }
  const notReported = {
    key: "not_reported", label: stateNames.not_reported[language], paint: absent,
  };
  if (mode === "reporting") {
    return [{ key: "reported", label: t("reported"), paint: startPaints.started }, notReported];
  }
  const steps = shareSteps.map((step, i) => ({
    key: `from_${step.from}`, paint: step as Paint,
    label: t("shareStep", {
      from: step.from * 100, to: Math.round((shareSteps[i + 1]?.from ?? 1) * 100),
    }),
  }));
  return [...steps, { key: "nothing", label: t("nothing"), paint: startPaints.none }, notReported];
}

function labelOf(book: FigureBook, county: Area, mode: MapMode, language: Language): string {
  const t = translatorOf(classTexts, language);
  const reported = isReported(book, county.code);
  const start = book.find(county.code, "R1")?.state_code as keyof typeof startPaints | undefined;
  const row = book.find(county.code, mode === "started" ? "H3" : mapFigures[mode]);
  const figure = mode === "completed" || mode === "qualified"
    ? t("figureRatio", { share: formatShare(row?.share), ratio: formatRatio(row?.n, row?.d) })
    : formatShare(row?.share);
  const values = {
    county: county.name, state: stateNames[start ?? "none"][language],
    figure: reported ? figure : stateNames.not_reported[language],
    teachers: formatCount(book.find(county.code, "H1")?.d),
  };
  return t(mode === "started" || mode === "reporting" ? "label_progress" : `label_${mode}`, values) +
    (county.isDeepPoverty ? t("deepPoverty") : "");
}
