import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { usePage } from "../page-context.ts";

interface ChartProps {
  /** Pure function of the width in pixels to SVG text. */
  readonly draw: (width: number) => string;
  /** The same numbers as a table, made when it is opened. */
  readonly table?: () => Promise<ComponentChildren>;
  readonly className?: string;
}

/** A chart at the width of its place; drawn anew when the place changes. */
export function Chart({ draw, table, className }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const node = place.current;
    if (!node) return;
    setWidth(Math.floor(node.clientWidth));
    // Print narrows the page for a moment: the drawing then shrinks by its viewBox instead.
    const observer = new ResizeObserver(() => {
      if (!matchMedia("print").matches) setWidth(Math.floor(node.clientWidth));
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  return (
    <figure class={`chart ${className ?? ""}`}>
      <div
        ref={place}
        class="drawing"
        onKeyDown={moveAmongTiles}
        dangerouslySetInnerHTML={{ __html: width > 0 ? draw(width) : "" }}
      />
      <TileEntry place={place} width={width} draw={draw} />
      {table && <AsTable table={table} />}
    </figure>
  );
}

/** Of many tiles with links only one is a stop of the tab key; arrow keys move among them. */
function TileEntry({ place, width, draw }: {
  readonly place: { current: HTMLDivElement | null };
  readonly width: number;
  readonly draw: (width: number) => string;
}) {
  useEffect(() => {
    place.current?.querySelector("a[tabindex='-1']")?.setAttribute("tabindex", "0");
  }, [width, draw]);
  return null;
}

function moveAmongTiles(event: KeyboardEvent): void {
  const from = (event.target as Element).closest<SVGAElement>("a[data-area]");
  const step = arrows[event.key];
  if (!from || !step || !from.hasAttribute("tabindex")) return;
  const here = from.getBoundingClientRect();
  let best: { link: SVGAElement; distance: number } | null = null;
  const links = (event.currentTarget as Element).querySelectorAll<SVGAElement>("a[data-area]");
  for (const link of links) {
    const there = link.getBoundingClientRect();
    const dx = there.x - here.x;
    const dy = there.y - here.y;
    const ahead = dx * step.x + dy * step.y;
    if (ahead <= 1) continue;
    const distance = ahead + 4 * Math.abs(dx * step.y + dy * step.x);
    if (!best || distance < best.distance) best = { link, distance };
  }
  if (!best) return;
  event.preventDefault();
  from.setAttribute("tabindex", "-1");
  best.link.setAttribute("tabindex", "0");
  best.link.focus();
}

const arrows: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowLeft: { x: -1, y: 0 }, ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 }, ArrowDown: { x: 0, y: 1 },
};

function AsTable({ table }: { readonly table: () => Promise<ComponentChildren> }) {
  const { t } = usePage();
  const [isOpen, setOpen] = useState(false);
  const [content, setContent] = useState<ComponentChildren>(null);
  useEffect(() => {
    if (!isOpen) return;
    table().then(setContent, (error: Error) => {
      console.warn(error.message);
      setContent(t("partFailed"));
    });
  }, [isOpen, table]);
  return (
    <details
      class="as-table"
      onToggle={(e) => setOpen((e.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>{t("asTable")}</summary>
      {isOpen && content}
    </details>
  );
}
