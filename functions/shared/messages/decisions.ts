import type { Catalogue } from "./catalogue.ts";

/** Sentences of the ledger about what a person decided; `{id}` names the decision. */
export const decisionTexts: Catalogue<
  "released" | "reingested" | "onHold" | "sameBytesOnHold" | "heldWith"
> = {
  zh: {
    released: "人工放行（决定 {id}），自本夜起生效。",
    reingested: "按更正后的规则重新读取（决定 {id}），自本夜起生效；此前各日的结果不变。",
    onHold: "人工暂缓（决定 {id}），自本夜起不再计入；此前各日的结果不变。",
    sameBytesOnHold: "内容已被人工暂缓（决定 {id}），不计入，等待人工放行。",
    heldWith: "与人工暂缓的文件属于同一次全量导出（决定 {id}），一并暂缓，等待人工放行。",
  },
  en: {
    released: "Released by a person (decision {id}); counts from this night on.",
    reingested: "Read again under the corrected rules (decision {id}); counts from this night on, " +
      "earlier days stay as they were.",
    onHold: "Put on hold by a person (decision {id}); counts no more from this night on, earlier " +
      "days stay as they were.",
    sameBytesOnHold: "These bytes were put on hold by a person (decision {id}); nothing counts " +
      "until they are released.",
    heldWith: "Part of the same full export as a file put on hold by a person (decision {id}); " +
      "nothing counts until it is released.",
  },
};
