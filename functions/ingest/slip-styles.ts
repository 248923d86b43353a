/** How a cell of a slip looks; the place in the list is the style's number in the workbook. */
export const slipStyles = [
  "plain", "title", "heading", "sentHeading", "note", "noteCount", "sent", "sentFormula",
  "sentNumber", "fault", "faultFormula", "faultNumber", "label", "value", "count", "advice",
] as const;
export type SlipStyle = (typeof slipStyles)[number];

/** Number formats of Excel itself: general, thousands, text. */
const general = 0;
const thousands = 3;
const asText = 49;

const fonts = { normal: 0, bold: 1, title: 2 } as const;
const fills = { none: 0, heading: 2, sentHeading: 3, fault: 4 } as const;
const borders = { none: 0, thin: 1, thick: 2 } as const;

interface Look {
  readonly format?: number;
  readonly font?: number;
  readonly fill?: number;
  readonly border?: number;
  readonly isWrapped?: true;
  /** The text keeps an invisible apostrophe, so that editing the cell does not make a formula. */
  readonly isQuoted?: true;
}

const sent = { format: asText, border: borders.thin } as const;
const fault = {
  font: fonts.bold, fill: fills.fault, border: borders.thick, isWrapped: true,
} as const;

const looks: Readonly<Record<SlipStyle, Look>> = {
  plain: {},
  title: { font: fonts.title },
  heading: { font: fonts.bold, fill: fills.heading, border: borders.thin, isWrapped: true },
  sentHeading: {
    format: asText, font: fonts.bold, fill: fills.sentHeading, border: borders.thin,
    isWrapped: true,
  },
  note: { format: asText, border: borders.thin, isWrapped: true },
  noteCount: { format: thousands, border: borders.thin },
  sent,
  sentFormula: { ...sent, isQuoted: true },
  sentNumber: { ...sent, format: general },
  fault: { ...sent, ...fault },
  faultFormula: { ...sent, ...fault, isQuoted: true },
  faultNumber: { ...sent, ...fault, format: general },
  label: { font: fonts.bold },
  value: { format: asText, isWrapped: true },
  count: { format: thousands },
  advice: { isWrapped: true },
};

const solid = (rgb: string): string =>
  `<fill><patternFill patternType="solid"><fgColor rgb="FF${rgb}"/><bgColor indexed="64"/>` +
  "</patternFill></fill>";
const box = (style: string, rgb: string): string => "<border>" +
  ["left", "right", "top", "bottom"].map((side) =>
    `<${side} style="${style}"><color rgb="FF${rgb}"/></${side}>`).join("") +
  "<diagonal/></border>";
const font = (size: number, isBold: boolean): string =>
  `<font>${isBold ? "<b/>" : ""}<sz val="${size}"/><color rgb="FF1F2933"/>` +
  '<name val="Microsoft YaHei"/><family val="2"/><charset val="134"/></font>';

const formatOf = (look: Look): string => {
  const { format = general, font: f = 0, fill = 0, border = 0, isWrapped, isQuoted } = look;
  return `<xf numFmtId="${format}" fontId="${f}" fillId="${fill}" borderId="${border}" xfId="0"` +
    `${isQuoted ? ' quotePrefix="1"' : ""} applyNumberFormat="1" applyFont="1" applyFill="1"` +
    ' applyBorder="1" applyAlignment="1">' +
    `<alignment vertical="top"${isWrapped ? ' wrapText="1"' : ""}/></xf>`;
};

/** `xl/styles.xml` of every slip. */
export const stylesXml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
  '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
  `<fonts count="3">${font(10, false)}${font(10, true)}${font(15, true)}</fonts>` +
  '<fills count="5"><fill><patternFill patternType="none"/></fill>' +
  '<fill><patternFill patternType="gray125"/></fill>' +
  `${solid("DCE6EF")}${solid("EEF1F4")}${solid("FFD966")}</fills>` +
  '<borders count="3"><border><left/><right/><top/><bottom/><diagonal/></border>' +
  `${box("thin", "C3CBD3")}${box("medium", "B45309")}</borders>` +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  `<cellXfs count="${slipStyles.length}">` +
  `${slipStyles.map((style) => formatOf(looks[style])).join("")}</cellXfs>` +
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>' +
  "</styleSheet>";
