import { z } from "zod";

/** Safe in a file name, a branch and a URL. */
export const ticketName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/);

const priorities = {
  "0": 0,
  "1": 1,
  "2": 2,
  "3": 3,
  "4": 4,
  none: 0,
  urgent: 1,
  high: 2,
  medium: 3,
  low: 4,
} as const;

const priority = z
  .string()
  .toLowerCase()
  .refine((word): word is keyof typeof priorities => Object.hasOwn(priorities, word))
  .transform((word) => priorities[word]);

const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/)
  .transform((text) => Date.parse(text))
  .refine((at) => !Number.isNaN(at));

/** What stands above a ticket's text. Other fields are the author's own and are left alone. */
export const frontMatterSchema = z.object({
  id: ticketName,
  title: z
    .string()
    .max(500)
    .transform((title) => title.replace(/\s+/g, " ").trim())
    .refine((title) => title !== ""),
  status: z.string().max(100).default(""),
  priority: priority.default(0),
  blocked_by: z
    .union([ticketName.transform((id) => [id]), z.array(ticketName).max(100)])
    .default([])
    .transform((ids) => [...new Set(ids)]),
  parent: ticketName.optional(),
  created: instant.optional(),
});
export type FrontMatterFields = z.infer<typeof frontMatterSchema>;

export const frontMatterFixes: Readonly<Record<keyof FrontMatterFields, string>> = {
  id: "Give it an `id` of at most 60 letters, digits, '_' and '-', beginning with a letter or a digit.",
  title: "Give it a `title` of one line, at most 500 characters.",
  status: "Use one of the status words, such as `Draft` or `Ready`.",
  priority: "Use 0 to 4, or urgent, high, medium, low or none.",
  blocked_by: "Name one ticket id, or a list of at most 100: `blocked_by: [ACME-1, ACME-2]`.",
  parent: "Name one ticket id.",
  created: "Use a date such as 2026-11-22 or 2026-11-22T09:30:00Z.",
};

/** Our side of a ticket. People may edit it too, so it is as foreign as the ticket. */
export const sidecarSchema = z.object({
  status: z.string().max(100).optional(),
  seen_status: z.string().max(100).optional(),
  comments: z
    .array(z.object({ key: z.string(), at: z.string(), body: z.string() }))
    .or(z.literal("").transform(() => []))
    .default([]),
});
