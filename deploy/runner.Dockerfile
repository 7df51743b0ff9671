# The image that attempts run in: as containers of the docker executor, on Fly, and as the job container on GitHub Actions.
#
#   npm run build:runner:local            builds it, with the runner of this checkout
#
# The default base is chosen by its tag, so that a rebuild brings the fixes of Debian and Node. For the same image every
# time, build with a digest: --base node:24-bookworm-slim@sha256:...
# Any Debian or Ubuntu with Node.js 20.19 or newer and npm will do as a base.
ARG BASE_IMAGE=node:24-bookworm-slim
FROM ${BASE_IMAGE}

# bash, git and Node: what the workflows and the runner need. python3 and build-essential: what npm packages are built with.
# util-linux and nftables: the agent's own user (setpriv) and its closed network (nft).
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    bash build-essential ca-certificates curl git jq nftables patch procps python3 ripgrep unzip util-linux xz-utils \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb

# The agents, at versions that the runner was tested with. Their licences do not let us hand them on: the image is yours.
ARG CLAUDE_CODE_VERSION=2.1.197
RUN npm install --global --no-audit --no-fund --no-update-notifier "@anthropic-ai/claude-code@${CLAUDE_CODE_VERSION}" \
  && npm cache clean --force \
  && claude --version
ARG WITH_CODEX=
ARG CODEX_VERSION=0.169.0
RUN if [ -n "${WITH_CODEX}" ]; then \
    npm install --global --no-audit --no-fund --no-update-notifier "@openai/codex@${CODEX_VERSION}" \
    && npm cache clean --force \
    && codex --version; \
  fi

# Nobody else's: the runner tells the agent's processes from its own, and closes the network, by this user.
RUN groupadd --gid 10001 agent && useradd --uid 10001 --gid agent --create-home --shell /bin/bash agent
ENV AI_IMPLEMENT_AGENT_USER=agent

COPY packages/runner/package.json /opt/ai-implement/runner/package.json
COPY packages/runner/bin /opt/ai-implement/runner/bin
COPY packages/runner/dist /opt/ai-implement/runner/dist
RUN ln -s /opt/ai-implement/runner/bin/ai-implement-runner.mjs /usr/local/bin/ai-implement-runner \
  && chmod 755 /opt/ai-implement/runner/bin/ai-implement-runner.mjs \
  && mkdir -p /attempt \
  && ai-implement-runner --help >/dev/null

# The operator's own pipelines and steps, if there are any.
COPY custom /opt/ai-implement/custom
ENV AI_IMPLEMENT_CUSTOM_DIR=/opt/ai-implement/custom

# As root on purpose: the runner lowers the agent, and everything of the repository's, to the user above, which a process
# without that right could not do. What root may do in here is the executor's to limit: docker takes every capability but
# the few that this needs, and the root file system is read-only.
WORKDIR /attempt
CMD ["ai-implement-runner"]
