import type { FigureCode } from "../figures.ts";
import { figureNames } from "./figure-names.ts";

type Unit = (typeof figureNames)[FigureCode]["unit"];

/** Units as readers know them; those left out are written as in the seed. */
export const unitTexts: Readonly<Record<"zh" | "en", Readonly<Partial<Record<Unit, string>>>>> = {
  zh: {
    share: "比例", count: "县数", "counties per day": "县/天", persons: "人", seconds: "学时（45 分钟）",
    points: "百分点", days: "天", index: "指数", part: "分项", rank: "位次", counties: "县",
  },
  en: { seconds: "hours of 45 minutes", points: "percentage points", count: "counties" },
};
