import type { ModelEnvironment } from "../agent/model-environment.ts";

/** A runner whose environment says nothing about agents and models. */
export const noModelEnvironment: ModelEnvironment = {
  oauthToken: undefined,
  apiKey: undefined,
  baseUrl: undefined,
  openaiKey: undefined,
  openaiBaseUrl: undefined,
  command: undefined,
  agentUser: undefined,
  customDirectory: undefined,
  roleArn: undefined,
  awsRegion: undefined,
  stsUrl: undefined,
  identity: null,
};
