import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { PartFailed } from "./part-failed.tsx";

/**
 * A part whose program is loaded after the first drawing; until then a quiet place of its size,
 * `className` being the section's.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>, className: string,
): ComponentType<Props> {
  return function Later(props: Props) {
    const [Part, setPart] = useState<ComponentType<Props> | null>(null);
    const [hasFailed, setFailed] = useState(false);
    useEffect(() => {
      load().then((Loaded) => setPart(() => Loaded), (error: Error) => {
        console.warn(error.message);
        setFailed(true);
      });
    }, []);
    if (Part) return <Part {...props} />;
    return <div class={`waiting ${className}`}>{hasFailed && <PartFailed />}</div>;
  };
}
