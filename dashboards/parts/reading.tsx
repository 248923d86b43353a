import type { FigureBook } from "../../functions/shared/figure-book.ts";
import { buildReadingSentence } from "../../functions/shared/reading-sentence.ts";
import type { SentencePart } from "../../functions/shared/reading-sentence.ts";
import { usePage } from "../page-context.ts";

/** The page's answer in its first line. */
export function Reading({ book, area }: { readonly book: FigureBook; readonly area: string }) {
  const { language, pointer } = usePage();
  const sentence = buildReadingSentence({ book, area, asOf: pointer.as_of, language });
  return (
    <section class="reading wide">
      <h1><Parts parts={sentence.lead} /></h1>
      {sentence.more.length > 0 && <p><Parts parts={sentence.more} /></p>}
    </section>
  );
}

function Parts({ parts }: { readonly parts: readonly SentencePart[] }) {
  return <>{parts.map((part, i) =>
    part.tone === "plain" ? part.text : <em key={i} class={part.tone}>{part.text}</em>)}</>;
}
