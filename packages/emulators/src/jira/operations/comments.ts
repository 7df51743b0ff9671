import { z } from "zod";
import { jsonAnswer } from "../../shared/loopback-server.ts";
import { adfProblem, adfText } from "../adf.ts";
import { refuseFields } from "../refusal.ts";
import { maxText, tooLong } from "./edit.ts";
import { issueOf, type Operation, ok, pageOf } from "./operation.ts";

const defaultPage = 100;

export const getComments: Operation = (api, call) => {
  const issue = issueOf(api, call);
  const oldestFirst = api.store.comments(issue.id);
  const ordered = call.query.get("orderBy") === "-created" ? oldestFirst.toReversed() : oldestFirst;
  const { values, ...page } = pageOf(ordered, call.query, defaultPage);
  return ok({ ...page, comments: values.map((comment) => api.render.comment(issue.id, comment)) });
};

const bodySchema = z.object({ body: z.unknown().optional() });

/** Refuses what is no Atlassian document, says nothing, or is too long. */
export const addComment: Operation = (api, call) => {
  const issue = issueOf(api, call);
  const { body } = bodySchema.parse(call.body ?? {});
  if (body === undefined || body === null) throw refuseFields({ comment: "Comment body can not be empty!" });
  if (adfProblem(body) !== null) throw refuseFields({ comment: "Comment body is not valid!" });
  const text = adfText(body);
  if (text.trim() === "") throw refuseFields({ comment: "Comment body can not be empty!" });
  if (text.length > maxText) throw refuseFields({ comment: tooLong(maxText) });
  const limited = api.limits.write(issue.id);
  if (limited !== null) return limited;
  const comment = api.store.comment(issue.id, body);
  return jsonAnswer(201, api.render.comment(issue.id, comment));
};
