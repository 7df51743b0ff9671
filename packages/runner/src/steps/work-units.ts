import { z } from "zod";
import { findConfined } from "../repository/confined-file.ts";
import { oneLine } from "../text/clip.ts";

export const workUnitSchema = z.object({
  title: z.string().min(1),
  files: z.array(z.string()),
  body: z.string().optional(),
});
type WorkUnit = z.output<typeof workUnitSchema>;

/** A plan that needs more is no plan. */
const maxUnits = 50;
const maxFiles = 30;

/**
 * The section of a plan, in Markdown; null where there are none (§10.3). A file that is not in the checkout is marked as
 * new; a path that leads out of it is left out.
 */
export const workUnitsText = async (units: readonly WorkUnit[], checkout: string): Promise<string | null> => {
  if (units.length === 0) return null;
  const texts = await Promise.all(
    units.slice(0, maxUnits).map(async ({ title, files, body = "" }, index) => {
      const inside = files.filter((file) => !file.split("/").includes("..")).slice(0, maxFiles);
      const named = await Promise.all(inside.map((file) => shown(file, checkout)));
      return [
        `${index + 1}. **${plain(title)}**${named.length === 0 ? "" : `: ${named.join(", ")}`}`,
        ...(body.trim() === "" ? [] : body.trim().split("\n")),
      ].join("\n   ");
    }),
  );
  const leftOut = units.length - maxUnits;
  return [...texts, ...(leftOut > 0 ? [`${leftOut} more units are left out.`] : [])].join("\n");
};

const shown = async (file: string, checkout: string): Promise<string> => {
  const name = `\`${plain(file).replaceAll("`", "")}\``;
  const { kind } = await findConfined(checkout, file);
  return kind === "absent" ? `${name} (new)` : name;
};

const plain = (text: string): string => oneLine(text, 300);
