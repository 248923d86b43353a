import type { Figure } from "./figure.ts";
import { figure, placesAbove } from "./figure.ts";
import { presentOf } from "./known.ts";
import type { Known } from "./known.ts";

/** Q_*: evaluations of counties, spot checks of cities with their Wilson interval. */
export function buildQualityFigures(known: Known): readonly Figure[] {
  const { asOf, history } = known;
  const figures: Figure[] = [];
  const areas = new Set(history.divisions.flatMap((d) => placesAbove(d.county_code)));
  const evaluations = presentOf(history.evaluation).filter((e) => e.evaluated_on! <= asOf);
  for (const kind of ["expert", "trainee", "third"]) {
    for (const area of areas) {
      const own = evaluations
        .filter((e) => e.evaluation_kind === kind && e.county_code!.startsWith(area));
      const n = own.reduce((sum, e) => sum + e.score_hundredths! * e.sample_size!, 0);
      const d = own.reduce((sum, e) => sum + 10_000 * e.sample_size!, 0);
      figures.push(figure(area, `Q_${kind}`, { n, d, target: own.length }));
    }
  }
  const checks = presentOf(history.spot_check).filter((c) => c.checked_on! <= asOf);
  for (const area of [...areas].filter((a) => a.length < 6)) {
    const own = checks.filter((c) => c.city_code!.startsWith(area));
    const n = own.filter((c) => c.is_confirmed === false).length;
    const d = own.length;
    if (d === 0) continue;
    const [low, high] = wilson(n, d);
    figures.push(figure(area, "Q_spot", { n, d }),
      figure(area, "Q_spot_low", { share: low }), figure(area, "Q_spot_high", { share: high }));
  }
  return figures;
}

/** Bounds of the 95 % interval of a proportion (Wilson 1927). */
function wilson(n: number, d: number): readonly [number, number] {
  const z = 1.96;
  const p = n / d;
  const middle = p + (z * z) / (2 * d);
  const half = z * Math.sqrt((p * (1 - p)) / d + (z * z) / (4 * d * d));
  const whole = 1 + (z * z) / d;
  return [(middle - half) / whole, (middle + half) / whole];
}
