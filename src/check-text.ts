import { ClientError } from './errors';

const CONTROL_CHARACTER = /\p{Cc}/u;

/** Whether the database can hold the text and a person can read it. */
export function isPrintable(text: string): boolean {
  return !CONTROL_CHARACTER.test(text) && text.isWellFormed();
}

/**
 * Checks a name that a client chose.
 *
 * @param what how the client calls it, for the message.
 * @param most characters allowed (Unicode code points); at least one is needed, blanks at the ends aside.
 * @throws ClientError BAD_USER_INPUT.
 */
export function checkText(what: string, value: string, most: number): void {
  if (value.trim() === '')
    throw new ClientError('BAD_USER_INPUT', `${what} is empty: give 1 to ${most} characters.`);
  // A character takes one or two places of `length`, so most values need no counting.
  if (value.length > most && [...value].length > most) {
    throw new ClientError(
      'BAD_USER_INPUT',
      `${what} has ${[...value].length} characters: at most ${most} are allowed.`,
    );
  }
  if (CONTROL_CHARACTER.test(value)) {
    throw new ClientError(
      'BAD_USER_INPUT',
      `${what} holds a control character: only printable text is allowed.`,
    );
  }
  if (!value.isWellFormed()) {
    throw new ClientError(
      'BAD_USER_INPUT',
      `${what} is not valid Unicode: it holds half of a surrogate pair.`,
    );
  }
}
