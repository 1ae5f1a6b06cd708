/** A command as a person can paste it: through npm or as the installed program, depending on how this process was started. */

const THROUGH_NPM = 'npm run bridge --';
const INSTALLED = 'mode-scim-bridge';

/**
 * @param script the file that Node runs: TypeScript in a clone of the project, JavaScript in the package
 * @returns the whole line
 */
export function commandLine(command: string, script: string | undefined = process.argv[1]): string {
  return `${script?.endsWith('.ts') === true ? THROUGH_NPM : INSTALLED} ${command}`;
}
