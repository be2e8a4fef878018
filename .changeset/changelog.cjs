/** The lines of a CHANGELOG: what changed. Dependencies have no lines, since all packages have the same version. */
module.exports = {
  getReleaseLine: async ({ summary }) => {
    const text = summary.trim();
    // A summary that is a list already has its bullets.
    return text.startsWith('- ') ? text : `- ${text.replaceAll('\n', '\n  ')}`;
  },
  getDependencyReleaseLine: async () => '',
};
