/** Attribute values; null, undefined and false leave the attribute out. */
export type Attributes = Readonly<Record<string, string | number | null | undefined | false>>;

/** Strict XML: `<` in a text is what HTML forgives and Typst and resvg refuse. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (ch) => `&#${ch.charCodeAt(0)};`);
}

/** One element with its children, which are markup already. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  let head = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    head += ` ${key}="${typeof value === "number" ? round(value) : escapeXml(value)}"`;
  }
  return children.length === 0 ? `${head}/>` : `${head}>${children.join("")}</${name}>`;
}

export function text(content: string, attributes: Attributes): string {
  return element("text", attributes, escapeXml(content));
}

/** Two decimals are a fiftieth of a pixel; longer numbers only cost bytes. */
export function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A whole picture; `title` names it, `description` says its numbers in a sentence. */
export function picture(
  options: {
    readonly width: number; readonly height: number;
    readonly title: string; readonly description: string;
    /** A picture with links inside is a group, else one image. */
    readonly hasLinks?: boolean;
  },
  ...children: string[]
): string {
  const { width, height, title, description } = options;
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${round(width)} ${round(height)}`, width, height,
      role: options.hasLinks ? "group" : "img",
      "aria-label": `${title}。${description}`,
      "font-family": fontFamily, "font-size": 12, fill: palette.ink,
    },
    element("title", {}, escapeXml(title)),
    element("desc", {}, escapeXml(description)),
    ...children,
  );
}

/** Single quotes inside: the value stands in a double-quoted attribute, also in mails. */
export const fontFamily =
  "system-ui, 'PingFang SC', 'HarmonyOS Sans SC', 'Microsoft YaHei', 'Noto Sans SC', sans-serif";

/** pages.md: one blue for done, one amber for attention, green only for reached. */
export const palette = {
  ink: "#17212e", quiet: "#5d6878", faint: "#98a2b3", grid: "#eceff3", paper: "#ffffff",
  done: "#1f5fbf", doneSoft: "#b9d3f4", doneFaint: "#e9f1fc",
  attention: "#b4530a", attentionMark: "#d97706",
  reached: "#0b6e4f", idle: "#e9ecf0", hatch: "#8a8172", hatchPaper: "#f4f1ea",
} as const;

/** A straight scale from a domain to a range of pixels. */
export function linearScale(
  [d0, d1]: readonly [number, number], [r0, r1]: readonly [number, number],
): (value: number) => number {
  const factor = d1 === d0 ? 0 : (r1 - r0) / (d1 - d0);
  return (value) => r0 + (value - d0) * factor;
}
