import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { usePage } from "../page-context.ts";
import { Loading } from "./states.tsx";

/** The run page; its program is loaded when it is opened. */
export function LazyRuns() {
  const { language, t } = usePage();
  const [Page, setPage] = useState<ComponentType | null>(null);
  useEffect(() => {
    void import("../pages/runs.tsx").then(({ RunsPage }) => setPage(() => RunsPage));
  }, []);
  useEffect(() => { document.title = t("title", { area: t("runsHeading") }); }, [language]);
  return Page ? <Page /> : <Loading language={language} />;
}
