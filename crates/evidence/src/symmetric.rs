//! Small dense symmetric matrices: Cholesky factors and eigenvalues. Row-major, `n * n` values.
//!
//! Sources: Golub and Van Loan, "Matrix computations", 4.2 (Cholesky) and 8.5 (cyclic Jacobi).

/// A Cholesky factor that leaves out what depends on columns before it.
pub(crate) struct Cholesky {
    n: usize,
    /// Lower triangle.
    factor: Vec<f64>,
    /// Columns that are not a combination of earlier ones.
    kept: Vec<bool>,
}

/// A column whose square shrinks below this share of itself is a combination of the earlier ones.
const DEPENDENT: f64 = 1e-10;

impl Cholesky {
    /// Factor a positive semi-definite matrix.
    pub(crate) fn new(matrix: &[f64], n: usize) -> Self {
        let mut factor = vec![0.0; n * n];
        let mut kept = vec![false; n];
        for column in 0..n {
            let square = |factor: &[f64]| factor[column * n..column * n + column].iter().map(|x| x * x).sum::<f64>();
            for row in 0..column {
                if kept[row] {
                    let sum: f64 = (0..row).map(|k| factor[column * n + k] * factor[row * n + k]).sum();
                    factor[column * n + row] = (matrix[column * n + row] - sum) / factor[row * n + row];
                }
            }
            let diagonal = matrix[column * n + column];
            let rest = diagonal - square(&factor);
            if diagonal > 0.0 && rest > DEPENDENT * diagonal {
                factor[column * n + column] = rest.sqrt();
                kept[column] = true;
            }
        }
        Self { n, factor, kept }
    }

    /// Which columns count.
    pub(crate) fn kept(&self) -> &[bool] {
        &self.kept
    }

    /// Solve `L x = b` in place; left-out columns get 0.
    pub(crate) fn forward(&self, b: &mut [f64]) {
        for row in 0..self.n {
            if !self.kept[row] {
                b[row] = 0.0;
                continue;
            }
            let sum: f64 = (0..row).map(|k| self.factor[row * self.n + k] * b[k]).sum();
            b[row] = (b[row] - sum) / self.factor[row * self.n + row];
        }
    }

    /// Solve `L' x = b` in place; left-out columns get 0.
    pub(crate) fn backward(&self, b: &mut [f64]) {
        for row in (0..self.n).rev() {
            if !self.kept[row] {
                b[row] = 0.0;
                continue;
            }
            let sum: f64 = (row + 1..self.n).map(|k| self.factor[k * self.n + row] * b[k]).sum();
            b[row] = (b[row] - sum) / self.factor[row * self.n + row];
        }
    }

    /// Solve `A x = b` in place.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        self.forward(b);
        self.backward(b);
    }
}

/// Eigenvalues and eigenvectors (columns of the second) of a symmetric matrix, by cyclic Jacobi rotations.
pub(crate) fn eigen(matrix: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut a = matrix.to_vec();
    let mut v = vec![0.0; n * n];
    for i in 0..n {
        v[i * n + i] = 1.0;
    }
    for _ in 0..60 {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i * n + j].powi(2)).sum();
        let diagonal: f64 = (0..n).map(|i| a[i * n + i].powi(2)).sum();
        if off <= 1e-30 * diagonal || off == 0.0 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut v, n, p, q);
            }
        }
    }
    ((0..n).map(|i| a[i * n + i]).collect(), v)
}

fn rotate(a: &mut [f64], v: &mut [f64], n: usize, p: usize, q: usize) {
    let apq = a[p * n + q];
    if apq.abs() < 1e-300 {
        return;
    }
    let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for k in 0..n {
        let (akp, akq) = (a[k * n + p], a[k * n + q]);
        a[k * n + p] = c * akp - s * akq;
        a[k * n + q] = s * akp + c * akq;
    }
    for k in 0..n {
        let (apk, aqk) = (a[p * n + k], a[q * n + k]);
        a[p * n + k] = c * apk - s * aqk;
        a[q * n + k] = s * apk + c * aqk;
    }
    for k in 0..n {
        let (vkp, vkq) = (v[k * n + p], v[k * n + q]);
        v[k * n + p] = c * vkp - s * vkq;
        v[k * n + q] = s * vkp + c * vkq;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn factors_and_eigenvectors_give_the_matrix_back(entries in proptest::collection::vec(-2.0f64..2.0, 20)) {
            // B'B of a 5 by 4 matrix, and the same with a dependent fifth column.
            let column = |j: usize| (0..5).map(|i| if j < 4 { entries[i * 4 + j] } else { entries[i * 4] - 2.0 * entries[i * 4 + 1] }).collect::<Vec<f64>>();
            let columns: Vec<Vec<f64>> = (0..5).map(column).collect();
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
            let matrix: Vec<f64> = (0..25).map(|at| dot(&columns[at / 5], &columns[at % 5])).collect();
            let (values, vectors) = eigen(&matrix, 5);
            for i in 0..5 {
                for j in 0..5 {
                    let back: f64 = (0..5).map(|k| vectors[i * 5 + k] * values[k] * vectors[j * 5 + k]).sum();
                    prop_assert!((back - matrix[i * 5 + j]).abs() < 1e-9);
                }
            }
            let cholesky = Cholesky::new(&matrix, 5);
            prop_assume!(cholesky.kept()[..4].iter().all(|&kept| kept) && cholesky.factor[3 * 5 + 3] > 0.05);
            prop_assert!(!cholesky.kept()[4]);
            let mut solution: Vec<f64> = (0..5).map(|i| dot(&columns[i], &[1.0, 2.0, 3.0, 4.0, 5.0])).collect();
            let wanted = solution.clone();
            cholesky.solve(&mut solution);
            for i in 0..5 {
                let back: f64 = (0..5).map(|k| matrix[i * 5 + k] * solution[k]).sum();
                prop_assert!((back - wanted[i]).abs() < 1e-6);
            }
        }
    }
}
