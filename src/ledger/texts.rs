//! Texts of rows that few commands ask for, kept behind one another.

use super::numbers::key;

/// Texts of rows, one behind the other, each with its length before it: most are short, and a row needs to know one place alone.
#[derive(Debug, Clone, Default)]
pub struct Texts(String);

impl Texts {
    /// Lengths are written as characters, seven bits each; the last has no more than 64.
    const MORE: u32 = 64;

    /// Makes room for so many bytes.
    pub fn reserve(&mut self, bytes: usize) {
        self.0.reserve(bytes);
    }

    /// Adds the texts of a row; returns where they begin.
    pub fn put(&mut self, texts: &[&str]) -> u32 {
        let start = key(self.0.len());
        for text in texts {
            let mut length = key(text.len());
            while length >= Self::MORE {
                self.0.push(char::from(
                    u8::try_from(Self::MORE + length % Self::MORE).unwrap_or(0),
                ));
                length /= Self::MORE;
            }
            self.0.push(char::from(u8::try_from(length).unwrap_or(0)));
            self.0.push_str(text);
        }
        start
    }

    /// Returns the texts of a row, by where they begin.
    pub fn get<const N: usize>(&self, start: u32) -> [&str; N] {
        let mut at = start as usize;
        let bytes = self.0.as_bytes();
        std::array::from_fn(|_| {
            let (mut length, mut unit) = (0, 1);
            loop {
                let byte = u32::from(bytes[at]);
                at += 1;
                length += (byte % Self::MORE) * unit;
                if byte < Self::MORE {
                    break;
                }
                unit *= Self::MORE;
            }
            let from = at;
            at += length as usize;
            &self.0[from..at]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn texts_of_any_length_come_back_as_they_were() {
        let mut texts = Texts::default();
        let long = |length: usize| "é".repeat(length / 2) + if length % 2 == 1 { "x" } else { "" };
        let rows: Vec<[String; 3]> = (0..9000)
            .step_by(31)
            .map(|n| [long(n), long(n % 70), long(0)])
            .collect();
        let starts: Vec<u32> = rows
            .iter()
            .map(|row| texts.put(&[&row[0], &row[1], &row[2]]))
            .collect();
        for (row, start) in rows.iter().zip(starts) {
            assert_eq!(texts.get::<3>(start), [&row[0], &row[1], &row[2]]);
        }
    }
}
