from setuptools import find_packages, setup

setup(
    name="caravan",
    version="0.1.0",
    description="Caravan's core: from a sentence to tasks, auctions, traffic and motion. No ROS.",
    license="Apache-2.0",
    maintainer="Caravan maintainers",
    maintainer_email="maintainers@caravan.example",
    packages=find_packages(),
    data_files=[
        ("share/ament_index/resource_index/packages", ["resource/caravan"]),
        ("share/caravan", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
)
