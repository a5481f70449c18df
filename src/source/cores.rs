//! Work on many files, shared out to all cores.

/// Cuts items into as many pieces as there are cores, works on them at once, and returns what each piece came to, in order. A thread that
/// panicked has no result: going on without it would pass its items over in silence, so the panic goes on.
pub fn on_all_cores<I: Sync, T: Send>(items: &[I], part: impl Fn(&[I]) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let size = items.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let part = &part;
        let threads: Vec<_> = items
            .chunks(size)
            .map(|items| scope.spawn(move || part(items)))
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::on_all_cores;

    #[test]
    fn every_item_is_worked_on_once_and_in_order() {
        for count in [0, 1, 2, 3, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let doubled = on_all_cores(&items, |part| {
                part.iter().map(|n| n * 2).collect::<Vec<_>>()
            });
            let expected: Vec<usize> = items.iter().map(|n| n * 2).collect();
            assert_eq!(doubled.concat(), expected);
        }
    }

    #[test]
    #[should_panic(expected = "of its own")]
    fn a_panic_goes_on() {
        on_all_cores(&[1], |_| -> u8 { panic!("of its own") });
    }
}
