/** Where a container engine listens. */
export type EngineAddress =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/**
 * `unix:///path` or `tcp://host:port`, as in `DOCKER_HOST`; null: neither. An engine behind TLS or ssh is not spoken to:
 * put its socket on this machine, as `ssh -L` does.
 */
export const parseEngineAddress = (text: string): EngineAddress | null => {
  const socket = /^unix:\/\/(\/.+)$/.exec(text)?.[1];
  if (socket !== undefined) return { kind: "socket", path: socket };
  const [, host, port] = /^tcp:\/\/([A-Za-z0-9.-]+|\[[0-9a-f:]+\]):(\d{1,5})\/?$/i.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return null;
  return { kind: "tcp", host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
};
