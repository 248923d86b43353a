export const lambdaSteps: readonly string[];
/** Bundles the steps into `<folder>/<step>/`; needs the built dashboards (dist/app). */
export function buildLambda(folder?: string): Promise<string>;
