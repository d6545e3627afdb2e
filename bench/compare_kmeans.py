# SPDX-License-Identifier: GPL-3.0-or-later
"""Solves the k-means problems of a file with every package that is installed, on one thread, and
prints CPU time beside the squared error. Called by bitfront-bench; each problem holds distinct
values, how often each occurs, how many problems of the whole sweep it stands for, and Bitfront's own
time and error.

    pip install coreai-opt==0.3.0 coremltools flash1dkmeans faiss-cpu scikit-learn
"""
import argparse
import contextlib
import io
import json
import logging
import pathlib
import time
import warnings

import numpy as np


def coreai_opt_solver():
    from coreai_opt.deps import _kmeans1d

    return lambda values, counts, clusters: _kmeans1d.cluster(
        values, clusters, weights=counts).centroids


def coremltools_solver():
    from coremltools._deps import _kmeans1d

    return lambda values, counts, clusters: _kmeans1d.cluster(
        values, clusters, weights=counts).centroids


def flash1dkmeans_solver():
    import flash1dkmeans

    def solve(values, counts, clusters):
        return flash1dkmeans.kmeans_1d(values, clusters, is_sorted=True, sample_weights=counts,
                                       random_state=1)[0]

    solve(np.arange(64.0), np.ones(64), 4)  # compiles
    return solve


def faiss_solver():
    import faiss

    faiss.omp_set_num_threads(1)

    def solve(values, counts, clusters):
        kmeans = faiss.Kmeans(1, clusters, niter=25, seed=1, min_points_per_centroid=1,
                              max_points_per_centroid=10**9)
        kmeans.train(values.astype(np.float32)[:, None], weights=counts.astype(np.float32))
        return kmeans.centroids

    return solve


def sklearn_solver():
    from sklearn.cluster import KMeans

    def solve(values, counts, clusters):
        return KMeans(clusters, n_init=1, random_state=1).fit(
            values[:, None], sample_weight=counts).cluster_centers_

    return solve


SOLVERS = {
    "coreai-opt's solver": coreai_opt_solver,
    "coremltools' solver": coremltools_solver,
    "flash1dkmeans": flash1dkmeans_solver,
    "faiss (d = 1, 25 iterations)": faiss_solver,
    "scikit-learn (1 start)": sklearn_solver,
}


def squared_error(values, counts, centroids):
    """Of the best assignment to these centroids, each moved to the mean of what it got."""
    centroids = np.unique(np.asarray(centroids, dtype=np.float64).ravel())
    labels = np.searchsorted((centroids[1:] + centroids[:-1]) / 2, values)
    mass = np.bincount(labels, counts, len(centroids))
    means = np.bincount(labels, counts * values, len(centroids)) / np.where(mass > 0, mass, 1)
    return float((counts * (values - means[labels]) ** 2).sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("problems", type=pathlib.Path)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    problems = json.loads(options.problems.read_text())
    for problem in problems:
        problem["values"] = np.array(problem["values"])
        problem["weights"] = np.array(problem["weights"])
        problem["sse"] = squared_error(
            problem["values"], problem["weights"],
            np.array(problem["centroids"]))
    ours = sum(problem["seconds"] for problem in problems)
    whole = sum(problem["seconds"] * problem["represents"] for problem in problems)
    print(f"{len(problems)} sampled problems, same points and weights for all, CPU time on one thread")
    print(f"{'solver':32}{'sample':>11}{'16 configs*':>13}{'ours x':>9}{'SSE, geometric mean':>22}{'worst':>10}")
    print(f"{'Bitfront':32}{ours:>9.3f} s{whole:>11.1f} s{1:>9}{'+0 %':>22}{'+0 %':>10}")
    for name, make in SOLVERS.items():
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                solve = make()
        except Exception as problem:  # whatever a package raises when it cannot be used
            print(f"{name:32}not measured: {type(problem).__name__}: {str(problem)[:60]}")
            continue
        sample, extrapolated, ratios = 0.0, 0.0, []
        for problem in problems:
            start = time.process_time()
            centroids = solve(problem["values"], problem["weights"], problem["clusters"])
            seconds = time.process_time() - start
            sample += seconds
            extrapolated += seconds * problem["represents"]
            if problem["sse"] > 0:
                theirs = squared_error(problem["values"], problem["weights"], centroids)
                ratios.append(theirs / problem["sse"])
        mean = np.exp(np.mean(np.log(ratios))) - 1
        print(f"{name:32}{sample:>9.2f} s{extrapolated:>11.0f} s{extrapolated / whole:>9.0f}"
              f"{f'{100 * mean:+.4f} %':>22}{f'{100 * (max(ratios) - 1):+.1f} %':>10}")
    print("* solving only, extrapolated by the number of problems that each sampled one stands for")


if __name__ == "__main__":
    main()
