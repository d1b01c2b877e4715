export function BrandMark(props: { readonly size: number }) {
  return (
    <svg viewBox="0 0 32 32" width={props.size} height={props.size} aria-hidden="true">
      <rect class="brand-ground" width="32" height="32" rx="8" />
      <path class="brand-line" d="M5 17h6l3-8 5 14 3-6h5" />
    </svg>
  );
}
