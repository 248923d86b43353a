import { findArea, shortAreaName } from "../areas.ts";
import { translatorOf } from "../messages/catalogue.ts";
import type { Language } from "../messages/catalogue.ts";
import { chartTexts } from "../messages/charts.ts";
import { element, escapeXml, palette, picture, round, text } from "./svg.ts";

/** One county as it is painted. */
export interface CountyTile {
  readonly code: string;
  readonly fill: string;
  readonly ink: string;
  /** Frame of a white tile; null for a filled one. */
  readonly frame: string | null;
  readonly isHatched: boolean;
  /** Said on hover and by a screen reader: county and its figures. */
  readonly label: string;
}

export interface TileMap {
  readonly title: string;
  readonly description: string;
  readonly tiles: readonly CountyTile[];
  /** Word or number at the end of a city's strip on narrow widths. */
  readonly citySums: ReadonlyMap<string, string>;
  readonly hrefOf?: (areaCode: string) => string;
}

/** Below this width names on 18 columns cannot be read: the map becomes a strip per city. */
export const tileMapMinWidth = 640;

/**
 * Every county one equal tile with its name, cities outlined and named, deep poverty marked in the
 * corner, not reported hatched; on narrow widths one strip of tiles for each city.
 */
export function drawTileMap(map: TileMap, width: number, language: Language): string {
  return width < tileMapMinWidth ? drawStrips(map, width, language) : drawGrid(map, width);
}

function drawGrid(map: TileMap, width: number): string {
  const placed = map.tiles.flatMap((tile) => {
    const area = findArea(tile.code);
    return area?.tile ? [{ tile, area, ...area.tile }] : [];
  });
  const columns = placed.map((p) => p.column);
  const rows = placed.map((p) => p.row);
  const west = Math.min(...columns);
  const north = Math.min(...rows);
  const size = {
    w: Math.min(64, (width - 4) / (Math.max(...columns) - west + 1)),
    h: 36,
  };
  const left = (width - size.w * (Math.max(...columns) - west + 1)) / 2;
  const at = (column: number, row: number) => ({
    x: left + (column - west) * size.w, y: 8 + (row - north) * size.h,
  });
  const cityAt = new Map(placed.map((p) => [`${p.column},${p.row}`, p.area.parent]));
  const isFirstOfCity = firstTiles(placed);
  const outline: string[] = [];
  const tabs: string[] = [];
  const cells = placed.map(({ tile, area, column, row }) => {
    const { x, y } = at(column, row);
    const isBorder = (dx: number, dy: number) =>
      cityAt.get(`${column + dx},${row + dy}`) !== area.parent;
    const [l, t, r, b] = [x, y, x + size.w, y + size.h].map(round);
    if (isBorder(0, -1)) outline.push(`M${l} ${t}H${r}`);
    if (isBorder(0, 1)) outline.push(`M${l} ${b}H${r}`);
    if (isBorder(-1, 0)) outline.push(`M${l} ${t}V${b}`);
    if (isBorder(1, 0)) outline.push(`M${r} ${t}V${b}`);
    const hasTab = isFirstOfCity.has(tile.code);
    if (hasTab) tabs.push(drawTab(shortAreaName(findArea(area.parent ?? "")?.name ?? ""), x, y));
    const name = shortAreaName(area.name);
    const middle = y + size.h / 2 + (hasTab ? 9 : 4);
    const cell = drawCell(tile, x + 0.75, y + 0.75, size.w - 1.5, size.h - 1.5) +
      text(name, {
        x: x + size.w / 2, y: middle, "text-anchor": "middle", "font-size": 11.5, fill: tile.ink,
        "paint-order": tile.isHatched && "stroke",
        stroke: tile.isHatched && palette.hatchPaper, "stroke-width": tile.isHatched && 3,
        textLength: name.length > 3 && size.w - 6,
        lengthAdjust: name.length > 3 && "spacingAndGlyphs",
      }) +
      (area.isDeepPoverty ? drawCorner(x + size.w - 0.75, y + 0.75) : "");
    return link(map, tile.code, tile.label, cell);
  });
  return picture(
    {
      width, height: 14 + size.h * (Math.max(...rows) - north + 1),
      title: map.title, description: map.description, hasLinks: map.hrefOf !== undefined,
    },
    ...cells,
    element("path", {
      d: outline.join(""), fill: "none", stroke: palette.ink, "stroke-width": 1.4,
      "stroke-linecap": "square", "pointer-events": "none",
    }),
    ...tabs,
  );
}

/** The north-western tile of each city carries the city's name. */
function firstTiles(
  placed: readonly { tile: CountyTile; area: { parent: string | null }; column: number; row: number }[],
): ReadonlySet<string> {
  const first = new Map<string, { code: string; order: number }>();
  for (const { tile, area, column, row } of placed) {
    const order = row * 100 + column;
    const known = first.get(area.parent ?? "");
    if (!known || order < known.order) first.set(area.parent ?? "", { code: tile.code, order });
  }
  return new Set([...first.values()].map((entry) => entry.code));
}

/** A dark tab astride the outline, so that a city's name is never taken for a county's. */
function drawTab(name: string, x: number, y: number): string {
  return element(
    "g", { "pointer-events": "none" },
    element("rect", {
      x: x - 0.7, y: y - 5, width: name.length * 10.5 + 7, height: 14, fill: palette.ink, rx: 2,
    }),
    text(name, { x: x + 2.8, y: y + 5.6, "font-size": 10.5, "font-weight": 600, fill: palette.paper }),
  );
}

function drawCell(tile: CountyTile, x: number, y: number, w: number, h: number): string {
  return element("rect", {
    x: tile.frame ? x + 0.6 : x, y: tile.frame ? y + 0.6 : y,
    width: tile.frame ? w - 1.2 : w, height: tile.frame ? h - 1.2 : h,
    fill: tile.fill, stroke: tile.frame, "stroke-width": tile.frame ? 1.4 : null,
  }) + (tile.isHatched ? hatch(x, y, w, h) : "");
}

/** Diagonal lines cut at the rectangle; no pattern ids that would clash on one page. */
function hatch(x: number, y: number, w: number, h: number): string {
  const lines: string[] = [];
  for (let c = 4; c < w + h; c += 5) {
    const from = { x: x + Math.min(c, w), y: y + Math.max(0, c - w) };
    const to = { x: x + Math.max(0, c - h), y: y + Math.min(c, h) };
    lines.push(`M${round(from.x)} ${round(from.y)}L${round(to.x)} ${round(to.y)}`);
  }
  return element("path", { d: lines.join(""), stroke: palette.hatch, "stroke-width": 1.4, fill: "none" });
}

function drawCorner(right: number, top: number): string {
  return element("path", {
    d: `M${round(right)} ${round(top)}v9l-9 -9z`, fill: palette.attentionMark,
    stroke: palette.paper, "stroke-width": 0.8,
  });
}

function link(map: TileMap, code: string, label: string, cell: string): string {
  const title = element("title", {}, escapeXml(label));
  if (!map.hrefOf) return element("g", {}, title, cell);
  return element(
    // The title child names the link; a label attribute would have to repeat the visible name.
    "a", { href: map.hrefOf(code), "data-area": code, tabindex: -1 }, title, cell,
  );
}

function drawStrips(map: TileMap, width: number, language: Language): string {
  const t = translatorOf(chartTexts, language);
  const byCity = new Map<string, CountyTile[]>();
  for (const tile of map.tiles) {
    const city = tile.code.slice(0, 4);
    byCity.set(city, [...(byCity.get(city) ?? []), tile]);
  }
  const longest = Math.max(1, ...[...byCity.values()].map((tiles) => tiles.length));
  const [labelWidth, sumWidth, rowHeight] = [56, 52, 30];
  const step = Math.min(22, (width - labelWidth - sumWidth) / longest);
  const rows = [...byCity].map(([city, tiles], i) => {
    const top = i * rowHeight;
    const name = findArea(city)?.name ?? city;
    const sum = map.citySums.get(city) ?? "";
    const cells = tiles.map((tile, k) => {
      const x = labelWidth + k * step;
      return element(
        "g", {}, element("title", {}, escapeXml(tile.label)),
        drawCell(tile, x, top + 6, step - 1.5, rowHeight - 12),
        findArea(tile.code)?.isDeepPoverty
          ? element("path", {
            d: `M${round(x + step - 1.5)} ${top + 6}v6l-6 -6z`, fill: palette.attentionMark,
          })
          : "",
      );
    });
    const content = element("rect", {
      x: 0, y: top, width, height: rowHeight, fill: palette.paper,
    }) + text(shortAreaName(name), {
      x: 0, y: top + 20, "font-size": 14, "font-weight": 600, fill: map.hrefOf && palette.done,
    }) + cells.join("") + text(sum, {
      x: width, y: top + 20, "text-anchor": "end", "font-size": 13,
    });
    if (!map.hrefOf) return element("g", {}, content);
    return element(
      "a",
      { href: map.hrefOf(city), "data-area": city },
      element("title", {}, escapeXml(t("cityStrip", { city: name, sum }))), content,
    );
  });
  return picture(
    {
      width, height: byCity.size * rowHeight, title: map.title, description: map.description,
      hasLinks: map.hrefOf !== undefined,
    },
    ...rows,
  );
}
