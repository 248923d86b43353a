/** A row of mart_figure. */
export interface Figure {
  readonly area_code: string;
  readonly area_level: string;
  readonly segment_code: string;
  readonly figure_code: string;
  readonly n: number | null;
  readonly d: number | null;
  readonly share: number | null;
  readonly target: number | null;
  readonly state_code: string | null;
  readonly on_date: string | null;
}

/** The level is told by the area's code: 51, 5101, 510104, a school of 10 digits. */
export function figure(area: string, code: string, values: Partial<Figure>): Figure {
  const { n = null, d = null, state_code = null } = values;
  const share = values.share ?? (n !== null && d ? n / d : null);
  return {
    area_code: area, area_level: levelOf(area), segment_code: "all", figure_code: code,
    target: null, on_date: null, ...values, n, d, state_code,
    share: state_code === "not_reported" ? null : share,
  };
}

export function levelOf(area: string): "province" | "city" | "county" | "school" {
  return area.length === 2 ? "province" : area.length === 4 ? "city"
    : area.length === 6 ? "county" : "school";
}

/** Province, city and county of a county. */
export function placesAbove(county: string): readonly string[] {
  return [county.slice(0, 2), county.slice(0, 4), county];
}
