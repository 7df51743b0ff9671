const direct = "localhost,127.0.0.1,::1";

/** How programs are told of a proxy: curl reads the lower case, most others either, and Node from 24 on when it is asked to. */
export const proxyVariables = (url: string): Readonly<Record<string, string>> => ({
  HTTP_PROXY: url,
  HTTPS_PROXY: url,
  NO_PROXY: direct,
  http_proxy: url,
  https_proxy: url,
  no_proxy: direct,
  NODE_USE_ENV_PROXY: "1",
  // Yarn from 2 on reads nothing else.
  YARN_HTTP_PROXY: url,
  YARN_HTTPS_PROXY: url,
});
