import { useEffect, useState } from "preact/hooks";
import { areaName } from "../../functions/shared/areas.ts";
import type { Language } from "../../functions/shared/messages/catalogue.ts";
import { pageWords } from "../page-words.ts";
import { areaHref } from "../address.ts";
import type { LoadError } from "../data.ts";

/** Nothing for a second, then a skeleton: a short wait must not flicker. */
export function Loading({ language }: { readonly language: Language }) {
  const t = pageWords(language);
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 1000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main id="main" tabIndex={-1} aria-busy="true">
      {isLong && (
        <>
          <p class="wide quiet" role="status">{t("loading")}</p>
          <section class="wide skeleton" /><section class="two skeleton" />
          <section class="one skeleton" />
        </>
      )}
    </main>
  );
}

const words = {
  "signed-out": ["signedOutTitle", "signedOutText"],
  denied: ["deniedTitle", "deniedText"],
  missing: ["missingTitle", "missingText"],
  damaged: ["damagedTitle", "damagedText"],
  offline: ["offlineTitle", "offlineText"],
  unknown: ["unknownTitle", "unknownText"],
} as const;

/** Why there is nothing to show, and what to do about it. */
export function Failure({ kind, area, language, retry }: {
  readonly kind: LoadError["kind"] | "unknown";
  readonly area: string;
  readonly language: Language;
  readonly retry: () => void;
}) {
  const t = pageWords(language);
  const [title, text] = words[kind];
  const home = rememberedArea();
  return (
    <main id="main" tabIndex={-1}>
      <section class="wide notice" role="alert">
        <h1>{t(title)}</h1>
        <p>{t(text, { area: areaName(area) })}</p>
        <p class="actions">
          {kind === "signed-out"
            ? <a class="chip strong" href="../login">{t("signIn")}</a>
            : <button type="button" class="chip" onClick={retry}>{t("retry")}</button>}
          {home !== area && (
            <a class="chip" href={areaHref(home, language)}>{t("goHome", { area: areaName(home) })}</a>
          )}
        </p>
      </section>
    </main>
  );
}

const homeKey = "dudao-area";

/** The widest area that this reader has seen; the province for a new one. */
export function rememberedArea(): string {
  try {
    return localStorage.getItem(homeKey) ?? "51";
  } catch {
    // Storage may be forbidden; the page works without it.
    return "51";
  }
}

/** On logging out: the next reader of this browser may have another area. */
export function forgetArea(): void {
  try {
    localStorage.removeItem(homeKey);
  } catch {
    // As above.
  }
}

export function rememberArea(area: string): void {
  const known = rememberedArea();
  if (known !== "51" && area.startsWith(known)) return;
  try {
    localStorage.setItem(homeKey, area);
  } catch {
    // As above: only the way home is lost.
  }
}
