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

export function figure(
  area: string, level: string, code: string, values: Partial<Figure>,
): Figure {
  const { n = null, d = null, state_code = null } = values;
  const share = values.share ?? (n !== null && d ? n / d : null);
  return {
    area_code: area, area_level: level, segment_code: "all", figure_code: code,
    target: null, on_date: null, ...values, n, d, state_code,
    share: state_code === "not_reported" ? null : share,
  };
}
