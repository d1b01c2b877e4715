import { Navigate } from '@solidjs/router';
import { paths } from '../kernel/paths.ts';

/** The gate shows the form at every address; whoever is in already has nothing to do at this one. */
export function SignInAddress() {
  return <Navigate href={paths.overview} />;
}
