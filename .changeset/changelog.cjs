/** The lines of a CHANGELOG: what changed. Dependencies have no lines, since all packages have the same version. */
module.exports = {
  getReleaseLine: async ({ summary }) => `- ${summary.trim().replaceAll('\n', '\n  ')}`,
  getDependencyReleaseLine: async () => '',
};
