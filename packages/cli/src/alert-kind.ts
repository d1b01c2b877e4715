import { routableKinds } from '@healthapp/shared/domain/route';
import { CommandLineError } from './command.ts';

/** A mistyped kind matches nothing, which would look as if all were well. @throws CommandLineError that names those that there are. */
export function checkedKind<Kind extends string | undefined>(kind: Kind): Kind {
  if (kind === undefined || routableKinds.includes(kind)) return kind;
  throw new CommandLineError(`--kind: there is no '${kind}'; there are ${routableKinds.join(', ')}`);
}
