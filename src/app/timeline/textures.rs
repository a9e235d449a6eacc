//! The textures: what a state looks like without its colour.

use leptos::prelude::*;

/// Once for the page, and never hidden with the timeline: the legend shows them as well.
#[component]
pub fn Textures() -> impl IntoView {
    view! {
        <svg class="unseen" aria-hidden="true">
            <defs>
                <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect width="6" height="6" fill="var(--surface)" /><rect width="2.2" height="6" fill="var(--wait)" />
                </pattern>
                <pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse">
                    <rect width="5" height="5" fill="var(--surface)" /><circle cx="1.5" cy="1.5" r="1.1" fill="var(--pull)" />
                </pattern>
                <pattern id="grace" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
                    <rect width="5" height="5" fill="var(--surface)" /><rect width="1.6" height="5" fill="var(--stop)" />
                </pattern>
            </defs>
        </svg>
    }
}
