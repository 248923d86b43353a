import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { FigureRow } from "../functions/shared/figure-book.ts";
import type { FigureCode } from "../functions/shared/figures.ts";
import type { Language, Translate } from "../functions/shared/messages/catalogue.ts";
import type { PageText } from "../functions/shared/messages/pages.ts";
import type { Address } from "./address.ts";
import type { Pointer } from "./data.ts";

/** What every part of a page needs: words, address, publication. */
export interface PageContext {
  readonly t: Translate<PageText>;
  readonly language: Language;
  readonly address: Address;
  readonly pointer: Pointer;
  /** Goes to the address with these parts changed; a new entry in the browser's history. */
  readonly change: (change: Partial<Address>) => void;
  readonly define: (figure: FigureCode, row?: FigureRow) => void;
}

const context = createContext<PageContext | null>(null);

export const PageContextProvider = context.Provider;

export function usePage(): PageContext {
  const value = useContext(context);
  if (!value) throw new Error("page context: missing: part used outside a page");
  return value;
}
