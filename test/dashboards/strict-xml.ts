/**
 * First fault of a text as XML, null for well-formed: tags closed in order, attributes quoted and
 * without `<`, no bare `&`, one root. Enough for what we write ourselves; no entities, no CDATA.
 */
export function findXmlFault(xml: string): string | null {
  const open: string[] = [];
  let roots = 0;
  let at = 0;
  while (at < xml.length) {
    if (xml[at] !== "<") {
      const end = xml.indexOf("<", at);
      const text = xml.slice(at, end === -1 ? undefined : end);
      if (open.length === 0 && text.trim() !== "") return `text outside the root: ${text}`;
      if (/&(?!#\d+;)/.test(text)) return `bare ampersand: ${text}`;
      at += text.length;
      continue;
    }
    const close = /^<\/([\w:-]+)>/.exec(xml.slice(at, at + 80));
    if (close) {
      const expected = open.pop();
      if (expected !== close[1]) return `closed ${close[1]}, open was ${expected}`;
      at += close[0].length;
      continue;
    }
    const start = /^<([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/.exec(xml.slice(at));
    if (!start) return `no tag: ${xml.slice(at, at + 60)}`;
    if (/&(?!#\d+;)/.test(start[2] ?? "")) return `bare ampersand: ${start[0]}`;
    const names = [...(start[2] ?? "").matchAll(/\s([\w:-]+)=/g)].map((match) => match[1]);
    if (new Set(names).size !== names.length) return `attribute twice: ${start[0]}`;
    if (open.length === 0) roots++;
    if (start[3] === "") open.push(start[1] ?? "");
    at += start[0].length;
  }
  if (open.length > 0) return `left open: ${open.join(", ")}`;
  return roots === 1 ? null : `roots: ${roots}`;
}
