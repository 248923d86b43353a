import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Resource { readonly Type: string; readonly Properties?: Record<string, unknown> }
interface Template {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, unknown>;
}

/** Types that the emulator does not know; the real CloudFront has them (prototypes' findings). */
const unknownTypes = ["AWS::CloudFront::PublicKey", "AWS::CloudFront::KeyGroup"];
/** Stands in the login function for the id of the public key. */
export const emulatedKeyId = "KEMULATED";

/**
 * Takes out of the synthesized templates what the emulator does not know, before their first
 * upload: the keys of the signed cookies. Returns the names of what was taken.
 */
export function prepareTemplates(folder: string): readonly string[] {
  const taken: string[] = [];
  for (const name of readdirSync(folder).filter((n) => n.endsWith(".template.json"))) {
    const path = join(folder, name);
    const template = JSON.parse(readFileSync(path, "utf8")) as Template;
    for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
      if (unknownTypes.includes(Type)) {
        taken.push(id);
        delete template.Resources[id];
      }
      if (Type === "AWS::CloudFront::Distribution") {
        delete (Properties as { DistributionConfig: { DefaultCacheBehavior: Record<string, unknown> } })
          .DistributionConfig.DefaultCacheBehavior["TrustedKeyGroups"];
      }
    }
    writeFileSync(path, JSON.stringify(replaceReferences(template, taken), null, 1));
  }
  return taken;
}

function replaceReferences(value: unknown, taken: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => replaceReferences(each, taken));
  if (typeof value !== "object" || value === null) return value;
  const { Ref } = value as { readonly Ref?: string };
  if (Ref !== undefined && taken.includes(Ref)) return emulatedKeyId;
  return Object.fromEntries(Object.entries(value)
    .map(([key, each]) => [key, replaceReferences(each, taken)]));
}
