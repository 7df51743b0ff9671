/** A workflow as the product's own ones are: dispatched, one run for a ticket at a time, with an identity. */
export const workFile = `
name: Work
run-name: Work \${{ inputs.identifier }} · \${{ github.event.inputs.attempt }}
on:
  workflow_dispatch:
    inputs:
      identifier: { type: string, required: true }
      attempt: { type: string, required: true }
      note: { type: string, default: none }
      mode: { type: choice, options: [plan, implement], default: plan }
      dry: { type: boolean }
permissions: {}
concurrency:
  group: work-\${{ inputs.identifier }}
jobs:
  work:
    runs-on: ubuntu-latest
    permissions: { id-token: write, contents: read }
    steps:
      - run: echo "attempt \${{ inputs.attempt }}"
  report:
    needs: work
    runs-on: ubuntu-latest
    permissions: { actions: read, pull-requests: write }
    steps:
      - run: echo reported
`;

export const work = "/repos/acme/tally/actions/workflows/work.yml";
export const runsPath = "/repos/acme/tally/actions/runs";
export const tally = { owner: "acme", name: "tally" } as const;
