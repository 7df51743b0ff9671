import type { ModelEnvironment } from "../agent/model-environment.ts";

/** A runner whose environment says nothing about agents and models. */
export const noModelEnvironment: ModelEnvironment = {
  oauthToken: undefined,
  apiKey: undefined,
  baseUrl: undefined,
  command: undefined,
  roleArn: undefined,
  awsRegion: undefined,
  stsUrl: undefined,
  identity: null,
};
