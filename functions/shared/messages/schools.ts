type Names = Readonly<Record<string, { readonly zh: string; readonly en: string }>>;

/** Names of the codes of `school_type` (relations.ts). */
export const schoolTypeNames: Names = {
  school: { zh: "学校", en: "school" },
  village_school: { zh: "村小", en: "village school" },
  teaching_point: { zh: "教学点", en: "teaching point" },
};

/** Names of the codes of `place_type` (relations.ts). */
export const placeTypeNames: Names = {
  urban: { zh: "城区", en: "urban" },
  town: { zh: "镇区", en: "town" },
  rural: { zh: "乡村", en: "rural" },
};
