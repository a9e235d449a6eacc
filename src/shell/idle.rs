//! Recognises loops that go round without changing anything, so that none of them takes the machine's time for ever.

use super::kernel::{Ctx, Turn};

/// Recognises a loop that goes round without changing anything.
#[derive(Default)]
pub(super) struct Idle {
    before: Option<Turn>,
    /// What the last turn took, and how many processes it started, when it had no effect and took no look.
    steady: Option<(u64, u32)>,
    turns: u32,
    pause: u64,
}

impl Idle {
    /// At the start of each turn. A loop without effect that takes time is parked after two turns alike, if it looks at nothing, or at
    /// files and nothing else before any time has passed in a turn. Of those that take next to none, one that only looks
    /// (`while [ ! -f x ]; do :; done`) looks less and less often; one that does not even look can only be ended by a signal.
    pub(super) async fn turn(&mut self, ctx: &Ctx) {
        let turn = ctx.turn();
        let Some(before) = self.before.replace(turn) else { return };
        if before.effects != turn.effects {
            *self = Idle { before: self.before, ..Idle::default() };
            return;
        }
        let looks_at_files = before.file_looks != turn.file_looks;
        let looks_out = before.looks != turn.looks || looks_at_files && ctx.last_file_look() > before.now;
        let took = turn.now - before.now;
        if took > 0 && turn.forks != before.forks {
            self.turns = 0;
            let this = Some((took, turn.forks.wrapping_sub(before.forks)));
            if let Some((period, forks)) = this
                && self.steady == this
                && !looks_out
                && before.same_debt(&turn)
            {
                self.steady = None;
                ctx.park(period, forks, looks_at_files).await;
                self.before = Some(ctx.turn());
            } else {
                self.steady = this;
            }
            return;
        }
        self.steady = None;
        self.turns += 1;
        if self.turns < 4 {
            return;
        }
        if !looks_out && !looks_at_files {
            ctx.kernel.bound("busy for ever: the loop goes round without waiting");
            ctx.busy_for_ever().await;
        } else {
            self.pause = (self.pause * 2).clamp(1_000, 1_000_000);
            let until = ctx.kernel.now() + self.pause;
            ctx.wait_for(until, || ctx.has_signal().then_some(())).await;
        }
        self.before = Some(ctx.turn());
    }
}
