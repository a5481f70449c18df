//! Texts that repeat, each kept once: clients and buyers.

use hashbrown::HashMap;

/// Texts that repeat, each kept once.
#[derive(Debug, Clone, Default)]
pub struct Names {
    list: Vec<Box<str>>,
    index: HashMap<Box<str>, u32>,
}

impl Names {
    /// Returns the number of a text.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(index) = self.index.get(text) {
            return *index;
        }
        let index = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(text.into());
        self.index.insert(text.into(), index);
        index
    }

    /// Returns the text of a number.
    pub fn get(&self, index: u32) -> &str {
        self.list.get(index as usize).map_or("", |text| text)
    }

    /// Returns the number of a text, if it has one.
    pub fn find(&self, text: &str) -> Option<&u32> {
        self.index.get(text)
    }
}
