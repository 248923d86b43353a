import type { FileStudy, Inspection } from "./inspection.ts";

/** What the process that reads a file tells the one that waits for it. */
export type FromInspector =
  | { readonly kind: "ready" }
  /** Known so far. */
  | { readonly kind: "progress"; readonly inspection: Inspection }
  | { readonly kind: "done"; readonly study: FileStudy }
  /** A fault of ours, without the text of the file. */
  | { readonly kind: "failed"; readonly why: string };
